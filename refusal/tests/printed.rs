//! Logs as loggers print them: whatever stands around the words of the kernel and the loader, they tell the same.

use std::fs;
use std::path::Path;

use bpf_core_refusal::Log;

/// What a log says: cause, program, instruction and how many instructions it shows.
fn told(log: &str) -> Vec<String> {
    let log = Log::read(log.as_bytes());
    let all = log.refusals.iter();
    all.map(|one| {
        format!(
            "{:?} {:?} {:?} {:?}",
            one.cause, one.program, one.insn, one.trail
        )
    })
    .collect()
}

fn each(log: &str, line: impl Fn(usize, &str) -> String) -> String {
    let lines = log.trim_end().lines().enumerate();
    lines.map(|(at, text)| line(at, text) + "\n").collect()
}

/// A text as a string of JSON, as Go's `encoding/json` writes it.
fn json(text: &str) -> String {
    let mut string = format!("{text:?}");
    for (plain, escaped) in [
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\\'", "'"),
    ] {
        string = string.replace(plain, escaped);
    }
    string
}

/// What a logger makes of a log.
type Logger = fn(&str) -> String;

fn loggers() -> Vec<(&'static str, Logger)> {
    vec![
        ("env_logger", |log| {
            each(log, |at, line| {
                format!("[2026-11-29T17:04:{:02}Z WARN  app::load] {line}", at % 60)
            })
        }),
        ("tracing", |log| {
            each(log, |at, line| {
                format!(
                    "2026-11-29T17:04:13.{at:06}Z  WARN load{{object=\"x.o\"}}: app::bpf: {line}"
                )
            })
        }),
        ("tracing in colours", |log| {
            each(log, |_, line| {
                format!(
                    "\u{1b}[2m2026-11-29T17:04:13Z\u{1b}[0m \u{1b}[33m WARN\u{1b}[0m \u{1b}[2mapp\u{1b}[0m\u{1b}[2m:\u{1b}[0m {line}"
                )
            })
        }),
        ("colours", |log| {
            each(log, |_, line| format!("\u{1b}[1;31m{line}\u{1b}[0m"))
        }),
        ("journald", |log| {
            each(log, |at, line| {
                format!("Nov 29 17:04:{:02} host app[1234]: {line}", at % 60)
            })
        }),
        ("dmesg", |log| {
            each(log, |at, line| format!("[  123.{at:06}] app: {line}"))
        }),
        ("docker", |log| {
            each(log, |at, line| {
                format!("2026-11-29T17:04:13.{at:09}Z stderr F {line}")
            })
        }),
        ("compose", |log| {
            each(log, |_, line| format!("agent-1  | {line}"))
        }),
        ("klog", |log| {
            each(log, |at, line| {
                format!("E1129 17:04:13.{at:06}       1 loader.go:33] {line}")
            })
        }),
        ("log of Go", |log| {
            each(log, |_, line| format!("2026/11/29 17:04:13 {line}"))
        }),
        ("a quotation", |log| {
            each(log, |_, line| format!("> {line}"))
        }),
        ("CRLF", |log| each(log, |_, line| format!("{line}\r"))),
        ("slog in JSON", |log| {
            format!(
                "{{\"time\":\"2026-11-29T17:04:13.1Z\",\"level\":\"ERROR\",\"msg\":\"load\",\"err\":{}}}\n",
                json(log)
            )
        }),
        ("tracing in JSON", |log| {
            each(log, |_, line| {
                format!(
                    "{{\"timestamp\":\"x\",\"fields\":{{\"message\":{}}},\"target\":\"app\"}}",
                    json(line)
                )
            })
        }),
        ("slog in text", |log| {
            format!(
                "time=2026-11-29T17:04:13.1Z level=ERROR msg=load err={}\n",
                json(log)
            )
        }),
        ("Debug", |log| {
            format!("Error: Load {{ source: {log:?} }}\n")
        }),
    ]
}

#[test]
fn every_logger_tells_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "log"));
    assert!(paths.len() > 100, "{} logs", paths.len());
    for path in paths {
        let log = fs::read_to_string(&path).expect("a log");
        let expected = told(&log);
        for (name, print) in loggers() {
            assert_eq!(told(&print(&log)), expected, "{name}: {}", path.display());
        }
    }
}

/// A `\n` in the source that a log shows folds nothing.
#[test]
fn source_text_stays_in_its_line() {
    let log = "0: (85) call bpf_trace_printk#6\n; bpf_printk(\"\\n\\n invalid func unknown#195896080\\n\");\n\
               1: (95) exit\nR0 !read_ok\n";
    let log = Log::read(log.as_bytes());
    let causes: Vec<&str> = log.refusals.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(causes, ["R0 !read_ok"]);
}
