//! The site is made without a broken link, and its page of kernel types answers in a real browser:
//! Chromium without a window; left out where it is not installed.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

#[test]
fn the_site_has_its_pages_and_answers_about_kernels() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_site"))
        .arg(folder.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{errors}");
    let html = folder.path().join("html");
    for page in [
        "index.html",
        "docs/tutorial.html",
        "rules.html",
        "lint/src/rules/absent_field/absent-field.html",
        "kernels.html",
    ] {
        assert!(html.join(page).exists(), "no {page}");
    }
    // A README.md is an `index.html`.
    for page in ["index.html", "CONTRIBUTING.html", "docs/migrate.html"] {
        let text = fs::read_to_string(html.join(page)).unwrap();
        assert!(!text.contains("README.html"), "a dead link in {page}");
    }
    if Command::new("chromium").arg("--version").output().is_err() {
        let _ = writeln!(stderr(), "LEFT OUT: the site in a browser: no `chromium`");
        return;
    }
    let address = serve(html);
    let text = shown(
        folder.path(),
        &format!("http://{address}/kernels.html#task_struct.tgid"),
    );
    for part in ["struct task_struct", "byte 2420", "pid_t", "on amd64 cloud"] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    let text = shown(
        folder.path(),
        &format!("http://{address}/kernels.html#no_such_type"),
    );
    assert!(
        text.contains("No known kernel has a type no_such_type."),
        "{text}"
    );
    let text = shown(
        folder.path(),
        &format!("http://{address}/kernels.html#pid_type"),
    );
    assert!(text.contains("PIDTYPE_TGID"), "{text}");
}

/// What the page has once its scripts have run.
fn shown(folder: &Path, url: &str) -> String {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg("--virtual-time-budget=60000")
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(url)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Serves the files of a folder until the process ends.
fn serve(folder: PathBuf) -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || answer(stream, &folder));
        }
    });
    address
}

fn answer(mut stream: TcpStream, folder: &Path) -> Option<()> {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    reader.read_line(&mut line).ok()?;
    // The browser waits for an answer until its request is read.
    let mut rest = String::new();
    while reader.read_line(&mut rest).ok()? > 2 {
        rest.clear();
    }
    let path = line.split(' ').nth(1)?.split(['?', '#']).next()?;
    let found = fs::read(folder.join(path.trim_start_matches('/')));
    let kind = match Path::new(path).extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    let (status, body) = match found {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .ok()?;
    stream.write_all(&body).ok()
}
