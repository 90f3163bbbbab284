//! What holds for every message of every case in `tests/fail`.
//!
//! A case marks the tokens that the user must change, one error each, in a line below:
//!
//! ```text
//!     core_read!(task, pidd)
//! //~                  ^^^^
//! ```

use std::{fmt, fs, path::Path};

/// A place in a case: counted from 1, as rustc does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    line: usize,
    column: usize,
    width: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}, {} wide",
            self.line, self.column, self.width
        )
    }
}

struct Case {
    name: String,
    source: String,
    stderr: String,
}

fn cases() -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fail");
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory of cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => cases.push(Case {
                name,
                source: fs::read_to_string(&path).expect("a case"),
                stderr: fs::read_to_string(path.with_extension("stderr"))
                    .expect("the output of a case: run the tests with `TRYBUILD=overwrite`"),
            }),
            _ => assert!(
                path.with_extension("rs").exists(),
                "{name}: output without a case"
            ),
        }
    }
    assert!(cases.len() >= 30, "{} cases found", cases.len());
    cases
}

/// The places under the `^` of `//~` lines.
fn marked(source: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut code = 0;
    for (number, line) in source.lines().enumerate() {
        match line.strip_prefix("//~") {
            None => code = number + 1,
            Some(marks) => places.extend(carets(marks).map(|(at, width)| Place {
                line: code,
                column: "//~".len() + at + 1,
                width,
            })),
        }
    }
    places
}

/// Where runs of `^` start, and how long they are.
fn carets(line: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + line[from..].find('^')?;
        let width = line[at..].chars().take_while(|&mark| mark == '^').count();
        from = at + width;
        Some((at, width))
    })
}

/// The diagnostics in an output, without what rustc says at the end.
fn blocks(stderr: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in stderr.lines().filter(|line| !line.is_empty()) {
        if line.starts_with("error") || line.starts_with("warning") {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    blocks
}

/// The place that a diagnostic is about: the first `-->`, and the `^` under it.
fn primary(block: &[&str]) -> Option<Place> {
    let arrow = block
        .iter()
        .position(|line| line.trim_start().starts_with("--> tests/fail/"))?;
    let mut numbers = block[arrow].rsplit(':');
    let column = numbers.next()?.parse().ok()?;
    let line = numbers.next()?.parse().ok()?;
    let source = block[arrow..].iter().position(|text| {
        text.split_once(" | ")
            .is_some_and(|(number, _)| number.trim() == format!("{line}"))
    })?;
    // A span of many lines has a frame, and no width.
    let width = carets(block.get(arrow + source + 1)?)
        .next()
        .map_or(0, |(_, width)| width);
    Some(Place {
        line,
        column,
        width,
    })
}

/// The texts of a diagnostic, and none of the source that it shows.
fn texts<'a>(block: &[&'a str]) -> impl Iterator<Item = &'a str> {
    block.iter().filter_map(|line| {
        let text = line.trim_start();
        let text = text.strip_prefix("= ").unwrap_or(text);
        let (kind, text) = text.split_once(": ")?;
        ["error", "warning", "help", "note"]
            .contains(&kind.split('[').next()?)
            .then_some(text)
    })
}

fn report(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn each_error_is_at_the_token_to_change() {
    let mut faults = Vec::new();
    for case in cases() {
        let expected = marked(&case.source);
        let mut found: Vec<_> = blocks(&case.stderr)
            .iter()
            .map(|block| {
                primary(block).unwrap_or_else(|| panic!("{}: no place: {block:#?}", case.name))
            })
            .collect();
        found.sort();
        if expected.is_empty() {
            faults.push(format!("{}: no token is marked", case.name));
        }
        for place in expected.iter().filter(|place| !found.contains(place)) {
            faults.push(format!("{}: no error at {place}", case.name));
        }
        for place in found.iter().filter(|place| !expected.contains(place)) {
            faults.push(format!("{}: an error at {place}", case.name));
        }
        if found.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(format!("{}: two errors at one token", case.name));
        }
    }
    report(faults);
}

#[test]
fn each_text_follows_the_conventions() {
    let mut faults = Vec::new();
    for case in cases() {
        for block in blocks(&case.stderr) {
            for text in texts(&block) {
                let mut fault = |what| faults.push(format!("{}: {what}: {text}", case.name));
                if text.starts_with(char::is_uppercase) {
                    fault("starts with a capital");
                }
                if text.ends_with('.') {
                    fault("ends with a full stop");
                }
                let outside: String = text.split('`').step_by(2).collect();
                if text.matches('`').count() % 2 != 0 {
                    fault("a backtick without its other");
                }
                if outside.contains(['_', '<', '#', '"']) || outside.contains("::") {
                    fault("a name outside of backticks");
                }
            }
        }
    }
    report(faults);
}

#[test]
fn each_case_has_errors_alone() {
    let mut faults = Vec::new();
    for case in cases() {
        for block in blocks(&case.stderr) {
            if block[0].starts_with("warning") {
                faults.push(format!("{}: {}", case.name, block[0]));
            }
        }
    }
    report(faults);
}

#[test]
fn no_output_depends_on_the_machine() {
    let mut faults = Vec::new();
    for case in cases() {
        for line in case.stderr.lines() {
            let path = line
                .trim_start()
                .trim_start_matches(['-', '=', ':', '>', ' ']);
            if path.starts_with('/') || line.contains(env!("CARGO_MANIFEST_DIR")) {
                faults.push(format!("{}: {line}", case.name));
            }
            // rustc shows the source of std where it is installed.
            if path.starts_with("$RUST") {
                faults.push(format!("{}: depends on `rust-src`: {line}", case.name));
            }
        }
    }
    report(faults);
}
