//! What is written of objects on kernels for other programs and for later: JSON, what is new since a
//! report, Markdown, and a page of HTML.

mod browser;
#[path = "../project/mod.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use project::Project;
use serde_json::Value;

/// A project with an object, of which newer kernels refuse one program and all refuse another.
fn project(name: &str) -> Project {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let object = fs::read(fixtures.join("absent-field/bad_state.o")).expect("a fixture");
    let project = Project::new(&format!("reports/{name}"), &[]);
    project.write("probe.o", object);
    project
}

/// The line about an object.
fn record(text: &str) -> Value {
    let line = text.lines().find(|line| line.contains("corelint-kernels"));
    serde_json::from_str(line.expect("a line")).expect("JSON")
}

#[test]
fn a_record_names_kernels_once() {
    let ran = project("json").run(&["probe.o", "--format", "json", "--kernels", "amd64"]);
    assert_eq!(ran.code, 1);
    let messages = ran
        .out
        .lines()
        .filter(|line| line.contains("compiler-message"));
    assert_eq!(messages.count(), 2);
    let record = record(&ran.out);
    assert_eq!(
        (&record["version"], &record["object"]),
        (&1.into(), &"probe.o".into())
    );
    let kernels = record["kernels"].as_array().expect("kernels");
    let release = |at: &Value| {
        let at = usize::try_from(at.as_u64().expect("a number")).expect("a place");
        kernels[at]["version"]
            .as_str()
            .expect("a version")
            .to_owned()
    };
    assert!(
        kernels
            .iter()
            .all(|kernel| kernel["architecture"] == "amd64")
    );
    let finding = &record["findings"][0];
    assert_eq!(finding["rule"], "absent-field");
    assert_eq!(finding["subject"], "struct task_struct.state");
    assert_eq!(
        (&finding["line"], &finding["programs"]),
        (&18.into(), &vec!["renamed"].into())
    );
    let [case] = &finding["cases"].as_array().expect("cases")[..] else {
        panic!("{finding}");
    };
    assert_eq!(
        (&case["verdict"], &case["variable"]),
        (&"refused".into(), &Value::Null)
    );
    assert_eq!(case["has"], "struct task_struct without `state`");
    let on: Vec<String> = case["kernels"]
        .as_array()
        .expect("kernels")
        .iter()
        .map(release)
        .collect();
    assert!(
        on.len() > 5 && on.iter().all(|version| !version.starts_with("5.10")),
        "{on:?}"
    );
    let programs = record["programs"].as_array().expect("programs");
    let renamed = programs
        .iter()
        .find(|one| one["name"] == "renamed")
        .expect("a program");
    let verdicts = renamed["verdicts"].as_array().expect("verdicts");
    let words: BTreeSet<&str> = verdicts
        .iter()
        .filter_map(|one| one["verdict"].as_str())
        .collect();
    assert_eq!(words, ["refused", "works"].into());
    let count: usize = verdicts
        .iter()
        .filter_map(|one| Some(one["kernels"].as_array()?.len()))
        .sum();
    assert_eq!(count, kernels.len(), "each kernel has one verdict");
}

#[test]
fn editors_get_messages_of_cargo_alone() {
    let ran = project("editor").run(&["probe.o", "--message-format", "json"]);
    assert!(ran.out.contains("compiler-message") && !ran.out.contains("corelint-kernels"));
}

#[test]
fn what_is_new_since_a_report_is_what_new_kernels_do() {
    let project = project("since");
    let run = |words: &[&str]| project.run(&[&["probe.o"], words].concat());
    project.write(
        "old.json",
        run(&["--format", "json", "--kernels", "<6.12"]).out,
    );
    let same = run(&["--since", "old.json", "--kernels", "<6.12"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""), "{}", same.err);
    let new = run(&[
        "--since",
        "old.json",
        "--kernels",
        "<6.13",
        "--kernels",
        "amd64",
    ]);
    assert_eq!(new.code, 1, "{}", new.err);
    assert!(
        new.out
            .contains("= note: 6.12.43 and later: refused; struct task"),
        "{}",
        new.out
    );
    assert!(new.out.contains("\n1  6.12.43 and later\n"), "{}", new.out);
    assert!(!new.out.contains("6.1.1"), "{}", new.out);
    // A newer tool finds more on a known kernel.
    let text = project
        .read("old.json")
        .replace("\"programs\":[\"renamed\"]", "\"programs\":[\"other\"]");
    project.write("less.json", text);
    let more = run(&["--since", "less.json", "--kernels", "<6.12"]);
    assert_eq!(more.code, 1, "{}", more.err);
    assert!(
        more.out.contains("`struct task_struct.state`"),
        "{}",
        more.out
    );
    assert!(!more.out.contains("PIDTYPE_NEVER"), "{}", more.out);
}

#[test]
fn findings_of_sources_are_told_once_since_a_report() {
    let code = "use aya_ebpf::helpers::*;\nfn probe() -> Result<u32, i32> {\n    \
                let task = unsafe { bpf_get_current_task() } as *const u8;\n    \
                unsafe { bpf_probe_read_kernel(task.add(1256) as *const u32) }\n}\n";
    let project = Project::new("reports/sources", &[("probe.rs", code)]);
    project.write(
        "old.json",
        project.run(&["probe.rs", "--format", "json"]).out,
    );
    // Lines move, and stay what they are.
    project.write("probe.rs", format!("// More.\n{code}"));
    assert_eq!(project.run(&["probe.rs", "--since", "old.json"]).code, 0);
    project.write(
        "probe.rs",
        format!("{code}{}", code.replace("probe()", "again()")),
    );
    let again = project.run(&["probe.rs", "--since", "old.json", "--format", "short"]);
    assert_eq!(
        (again.code, again.out.lines().count()),
        (1, 1),
        "{}",
        again.out
    );
}

#[test]
fn reports_that_cannot_be_read_are_errors() {
    let project = project("bad");
    let whole = project.run(&["probe.o", "--format", "json"]).out;
    let refused = |text: &str, words: &str| {
        project.write("old.json", text);
        let ran = project.run(&["probe.o", "--since", "old.json"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    };
    refused(
        "",
        "old.json is no report: `cargo corelint --format json > FILE` writes one",
    );
    refused("{}", "old.json, line 1: it has no `reason`");
    refused("nothing", "old.json, line 1: ");
    refused(&whole[..whole.len() - 40], "old.json, line 3: ");
    let newer = whole.replace("\"version\":1,", "\"version\":2,");
    refused(
        &newer,
        "line 3: it has version 2, and this program reads version 1",
    );
    let without = whole.replace("\"loader\":\"libbpf 1.7\",", "");
    refused(&without, "line 3: missing field `loader`");
    let beyond = whole.replace("\"kernels\":[0,", "\"kernels\":[900,");
    refused(&beyond, "line 3: it names a kernel that it does not list");
    let nowhere = project.run(&["probe.o", "--since", "nowhere.json"]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("nowhere.json: "), "{}", nowhere.err);
}

#[test]
fn the_example_of_the_documentation_is_a_report() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/portability.md");
    let page = fs::read_to_string(page).expect("a page");
    let (_, example) = page.split_once("```json\n").expect("an example");
    let (example, _) = example.split_once("\n```").expect("its end");
    let shown: Value = serde_json::from_str(example).expect("JSON");
    let project = project("documented");
    let ran = project.run(&["probe.o", "--format", "json", "--kernels", "6.1"]);
    let written = record(&ran.out);
    assert_eq!(keys(&shown), keys(&written), "the page tells the keys");
    project.write("old.json", shown.to_string());
    assert_eq!(project.run(&["probe.o", "--since", "old.json"]).code, 1);
}

/// The keys of all objects, by their paths.
fn keys(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| {
                let inner = keys(value)
                    .into_iter()
                    .map(move |path| format!("{key}.{path}"));
                inner.chain([key.clone()])
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(keys).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn markdown_is_for_summaries() {
    let ran = project("markdown").run(&["probe.o", "--format", "markdown", "--kernels", "amd64"]);
    for part in [
        "### `probe.o` on ",
        "| program | 5.10.262 and earlier | 6.1.176 and later |\n|---|:-:|:-:|\n| `renamed` | ✓ | ✗ |\n",
        "\n- **error** `absent-field` `./absent_field_bad_state.c:18`: not every kernel has `struct task_struct.state`\n",
        "  - 6.1.176 and later: refused; struct task\\_struct without `state`\n",
    ] {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }
}

#[test]
fn a_page_has_all_in_it_and_links_that_lead_somewhere() {
    let ran = project("html").run(&["probe.o", "--format", "html"]);
    let page = &ran.out;
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for outside in ["http", "//", "@import", "url(", "<script", " src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    let parts = |start: &str| -> Vec<String> {
        let parts = page.split(start).skip(1);
        parts
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let ids = parts(" id=\"");
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "each name once");
    let links = parts("href=\"#");
    assert!(links.len() >= 3, "{links:?}");
    assert!(links.iter().all(|link| ids.contains(link)), "{links:?}");
    for part in [
        "<dt>line</dt><dd><code>./absent_field_bad_state.c:18</code></dd>",
        "<dt>the kernel has</dt><dd>struct task_struct without <code>state</code></dd>",
        "<dt>cure</dt><dd>ask first: <code>bpf_core_field_exists</code>",
        "<figcaption><code>task_struct.state</code></figcaption>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let open = page.matches("<circle").count();
    assert_eq!(open, page.matches("</circle>").count());
}
