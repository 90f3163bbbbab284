//! The page of HTML in a real browser: it fits, it can be used by keyboard, it follows light and dark.
//! Chromium without a window; left out where it is not installed.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::Project;

/// Measures, and writes it where `--dump-dom` shows it.
const PROBE: &str = r##"<script>
addEventListener("load", () => {
	const links = [...document.querySelectorAll("td a")];
	links[0].focus();
	const focused = document.activeElement === links[0];
	const target = document.querySelector(links[0].getAttribute("href"));
	const light = rgb => rgb.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + +part, 0) / 765;
	const style = getComputedStyle(document.body);
	const pale = [...document.querySelectorAll("td a, p, dd, th, figcaption")].filter(element => {
		const colour = light(getComputedStyle(element).color);
		return Math.abs(colour - light(style.backgroundColor)) < 0.25;
	});
	const plots = [...document.querySelectorAll("svg circle")];
	const outside = plots.filter(dot => +dot.getAttribute("cx") > 320 || +dot.getAttribute("cy") > 96);
	document.body.textContent = "PROBE" + JSON.stringify({
		focused,
		explained: target.textContent.includes("refused"),
		width: innerWidth,
		overflow: document.documentElement.scrollWidth - innerWidth,
		background: light(style.backgroundColor),
		pale: pale.length,
		plots: plots.length,
		outside: outside.length,
		requests: performance.getEntriesByType("resource").length,
	}) + "PROBE";
});
</script></body>"##;

/// What the page measures in a window of this width.
fn measured(page: &Path, width: u32, options: &[&str]) -> Value {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--user-data-dir={}.profile", page.display()))
        .args(options)
        .arg(page)
        .output()
        .expect("chromium");
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.split("PROBE").nth(1);
    let json = json.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_page_fits_and_follows_light_and_dark() {
    if !Command::new("chromium")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(
            stderr(),
            "LEFT OUT: the page of HTML in a browser: no chromium"
        );
        return;
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let project = Project::new("browser", &[]);
    for name in ["absent-field/bad_state.o", "absent-hook/bad_new.o"] {
        let bytes = fs::read(fixtures.join(name)).expect("a fixture");
        project.write(name, bytes);
    }
    let ran = project.run(&[
        "absent-field/bad_state.o",
        "absent-hook/bad_new.o",
        "--format",
        "html",
    ]);
    project.write("page.html", ran.out.replace("</body>", PROBE));
    let page = project.0.join("page.html");
    let dark = ["--blink-settings=preferredColorScheme=0"];
    let light = ["--blink-settings=preferredColorScheme=1"];
    for (width, options, is_dark) in [
        (1200, light, false),
        (500, light, false),
        (1200, dark, true),
    ] {
        let found = measured(&page, width, &options);
        assert_eq!(found["width"], width, "{found}");
        assert_eq!(
            (&found["focused"], &found["explained"]),
            (&true.into(), &true.into()),
            "{found}"
        );
        assert!(
            found["overflow"].as_i64().is_some_and(|pixels| pixels <= 0),
            "{found}"
        );
        let background = found["background"].as_f64().expect("a number");
        assert_eq!(background < 0.5, is_dark, "{found}");
        assert_eq!(
            (&found["pale"], &found["outside"]),
            (&0.into(), &0.into()),
            "{found}"
        );
        assert!(
            found["plots"].as_u64().is_some_and(|dots| dots > 10),
            "{found}"
        );
        assert_eq!(found["requests"], 0, "{found}");
    }
}
