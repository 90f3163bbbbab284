//! The SARIF of all fixtures is what the schema of SARIF 2.1.0 asks for: the tables here say again
//! what it says of the objects that we write, and allow no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// What a value has to be.
enum Is {
    Text,
    Truth,
    /// A whole number, at least this.
    Number(u64),
    OneOf(&'static [&'static str]),
    /// A URI reference (RFC 3986).
    Uri,
    List(&'static Is),
    /// No two are equal.
    Set(&'static Is),
    /// Any keys.
    Map(&'static Is),
    /// These keys and no others: those that have to be there, and those that may.
    Object(&'static [Key], &'static [Key]),
}
use Is::{List, Map, Number, Object, OneOf, Set, Text, Truth, Uri};

type Key = (&'static str, &'static Is);

const LOG: Is = Object(
    &[("version", &OneOf(&["2.1.0"])), ("runs", &List(&RUN))],
    &[("$schema", &Uri)],
);
const RUN: Is = Object(
    &[("tool", &Object(&[("driver", &DRIVER)], &[]))],
    &[
        (
            "columnKind",
            &OneOf(&["utf16CodeUnits", "unicodeCodePoints"]),
        ),
        ("originalUriBaseIds", &Map(&ARTIFACT_LOCATION)),
        ("invocations", &List(&INVOCATION)),
        ("results", &List(&RESULT)),
    ],
);
const INVOCATION: Is = Object(
    &[("executionSuccessful", &Truth)],
    &[("toolExecutionNotifications", &List(&NOTIFICATION))],
);
const NOTIFICATION: Is = Object(
    &[("message", &MESSAGE)],
    &[("level", &LEVEL), ("locations", &Set(&LOCATION))],
);
const DRIVER: Is = Object(
    &[("name", &Text)],
    &[
        ("informationUri", &Uri),
        ("semanticVersion", &Text),
        ("rules", &Set(&DESCRIPTOR)),
    ],
);
const DESCRIPTOR: Is = Object(
    &[("id", &Text)],
    &[
        ("name", &Text),
        ("shortDescription", &MULTIFORMAT),
        ("help", &MULTIFORMAT),
        ("defaultConfiguration", &Object(&[], &[("level", &LEVEL)])),
        ("properties", &Object(&[], &[("tags", &Set(&Text))])),
    ],
);
const MULTIFORMAT: Is = Object(&[("text", &Text)], &[("markdown", &Text)]);
const LEVEL: Is = OneOf(&["none", "note", "warning", "error"]);
const MESSAGE: Is = Object(&[("text", &Text)], &[]);
const RESULT: Is = Object(
    &[("message", &MESSAGE)],
    &[
        ("ruleId", &Text),
        ("ruleIndex", &Number(0)),
        ("level", &LEVEL),
        ("locations", &List(&LOCATION)),
        ("relatedLocations", &Set(&LOCATION)),
        ("partialFingerprints", &Map(&Text)),
        ("fixes", &Set(&FIX)),
    ],
);
const LOCATION: Is = Object(
    &[],
    &[
        ("message", &MESSAGE),
        (
            "physicalLocation",
            &Object(
                &[("artifactLocation", &ARTIFACT_LOCATION)],
                &[("region", &REGION)],
            ),
        ),
    ],
);
const ARTIFACT_LOCATION: Is = Object(
    &[],
    &[
        ("uri", &Uri),
        ("uriBaseId", &Text),
        ("description", &MESSAGE),
    ],
);
const REGION: Is = Object(
    &[],
    &[
        ("startLine", &Number(1)),
        ("startColumn", &Number(1)),
        ("endLine", &Number(1)),
        ("endColumn", &Number(1)),
    ],
);
const FIX: Is = Object(
    &[("artifactChanges", &Set(&CHANGE))],
    &[("description", &MESSAGE)],
);
const CHANGE: Is = Object(
    &[
        ("artifactLocation", &ARTIFACT_LOCATION),
        ("replacements", &List(&REPLACEMENT)),
    ],
    &[],
);
const REPLACEMENT: Is = Object(
    &[("deletedRegion", &REGION)],
    &[("insertedContent", &Object(&[], &[("text", &Text)]))],
);

/// What is wrong with a value, one line each.
fn wrong(value: &Value, is: &Is, at: &str) -> Vec<String> {
    let refuse = |what: &str| vec![format!("{at} is no {what}: {value}")];
    match is {
        Text if !value.is_string() => refuse("text"),
        Truth if !value.is_boolean() => refuse("`true` or `false`"),
        Number(least) if value.as_u64().is_none_or(|number| number < *least) => {
            refuse(&format!("number from {least} on"))
        }
        OneOf(words) if !value.as_str().is_some_and(|word| words.contains(&word)) => {
            refuse(&format!("one of {words:?}"))
        }
        Uri if !value.as_str().is_some_and(is_uri_reference) => refuse("URI reference"),
        List(of) | Set(of) => {
            let Some(list) = value.as_array() else {
                return refuse("list");
            };
            let different: BTreeSet<String> = list.iter().map(Value::to_string).collect();
            let mut lines: Vec<String> = list
                .iter()
                .enumerate()
                .flat_map(|(index, one)| wrong(one, of, &format!("{at}[{index}]")))
                .collect();
            if matches!(is, Set(_)) && different.len() < list.len() {
                lines.push(format!("{at} has something twice"));
            }
            lines
        }
        Map(of) => match value.as_object() {
            Some(map) => map
                .iter()
                .flat_map(|(key, one)| wrong(one, of, &format!("{at}.{key}")))
                .collect(),
            None => refuse("object"),
        },
        Object(needed, possible) => {
            let Some(object) = value.as_object() else {
                return refuse("object");
            };
            let missing = needed.iter().filter(|(key, _)| !object.contains_key(*key));
            let mut lines: Vec<String> = missing
                .map(|(key, _)| format!("{at} has no `{key}`"))
                .collect();
            for (key, one) in object {
                match needed.iter().chain(*possible).find(|(name, _)| name == key) {
                    Some((_, of)) => lines.extend(wrong(one, of, &format!("{at}.{key}"))),
                    None => lines.push(format!("{at} may not have `{key}`")),
                }
            }
            lines
        }
        _ => Vec::new(),
    }
}

/// By the characters that a URI may have, and the escapes.
fn is_uri_reference(text: &str) -> bool {
    let escapes = text.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    escapes && text.bytes().all(allowed)
}

/// A file whose name needs escapes, with a fix and twice the same finding.
const FIXABLE: &str = r#"#![no_std]
use aya_ebpf::{helpers::*, macros::*, programs::*};
use bpf_core::CoreStruct;

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
}

#[kprobe]
fn first(ctx: ProbeContext) -> Option<i32> {
    let task: *const task_struct = ctx.arg(0)?;
    let Ok(tgid) = (unsafe { bpf_probe_read_kernel(&(*task).tgid) }) else { return None };
    Some(tgid)
}

#[kprobe]
fn second(ctx: ProbeContext) -> Option<i32> {
    let task: *const task_struct = ctx.arg(0)?;
    let Ok(tgid) = (unsafe { bpf_probe_read_kernel(&(*task).tgid) }) else { return None };
    Some(tgid)
}
"#;

/// All findings of the bad fixtures that need no other program to be read, and of `FIXABLE`.
fn run() -> (PathBuf, Value) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sarif");
    let _ = fs::remove_dir_all(&root);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files = vec![PathBuf::from("fix/100% größer [x].rs")];
    fs::create_dir_all(root.join("fix")).expect("a folder");
    fs::write(root.join(&files[0]), FIXABLE).expect("a file");
    for folder in fs::read_dir(fixtures).expect("fixtures").flatten() {
        let Ok(entries) = fs::read_dir(folder.path()) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with("bad") || !(name.ends_with(".rs") || name.ends_with(".o")) {
                continue;
            }
            let copy = Path::new(&folder.file_name()).join(&*name);
            fs::create_dir_all(root.join(&copy).with_file_name("")).expect("a folder");
            fs::copy(&path, root.join(&copy)).expect("a copy");
            files.push(copy);
        }
    }
    files.sort();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args([
            "corelint",
            "--no-cache",
            "--format",
            "sarif",
            "--warn",
            "all",
        ])
        .args(files)
        .current_dir(&root)
        .output()
        .expect("the linter");
    let log = serde_json::from_slice(&output.stdout).expect("JSON");
    (root, log)
}

fn log() -> &'static (PathBuf, Value) {
    static LOG: OnceLock<(PathBuf, Value)> = OnceLock::new();
    LOG.get_or_init(run)
}

#[test]
fn the_log_is_valid() {
    let (_, log) = log();
    assert_eq!(wrong(log, &LOG, "log"), Vec::<String>::new());
}

#[test]
fn the_log_fits_together() {
    let (root, log) = log();
    let run = &log["runs"][0];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (rules, results) = (list(&run["tool"]["driver"]["rules"]), list(&run["results"]));
    let found: BTreeSet<&str> = results
        .iter()
        .filter_map(|one| one["ruleId"].as_str())
        .collect();
    assert!(found.len() >= 15, "most rules: {found:?}");
    for key in ["fixes", "relatedLocations"] {
        assert!(
            results.iter().any(|one| one.get(key).is_some()),
            "no `{key}`"
        );
    }
    let mut prints = BTreeSet::new();
    for result in &results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let print = result["partialFingerprints"]["corelint/v1"].as_str();
        assert!(prints.insert(print.expect("a print")), "twice: {result}");
        let places = list(&result["locations"]).into_iter();
        for place in places.chain(list(&result["relatedLocations"])) {
            let place = &place["physicalLocation"];
            let artifact = &place["artifactLocation"];
            let base = artifact["uriBaseId"].as_str().expect("paths are relative");
            assert!(run["originalUriBaseIds"].get(base).is_some(), "{base}");
            let path = unescaped(artifact["uri"].as_str().expect("a URI"));
            // The source of an object may be on another machine.
            let here = root.join(&path).is_file() || path.ends_with(".c");
            assert!(here, "`{path}` is no file");
            let Some(region) = place.get("region") else {
                continue;
            };
            let number = |key: &str| region[key].as_u64().expect("a number");
            let start = (number("startLine"), number("startColumn"));
            assert!(
                start <= (number("endLine"), number("endColumn")),
                "{region}"
            );
        }
    }
}

fn unescaped(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'%' => {
                let digits = str::from_utf8(&after[..2]).expect("digits");
                rest = &after[2..];
                u8::from_str_radix(digits, 16).expect("a number")
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn what_the_schema_refuses_is_refused() {
    let (_, log) = log();
    let refused = |pointer: &str, value: Value| {
        let mut log = log.clone();
        *log.pointer_mut(pointer).expect("a place") = value;
        assert!(!wrong(&log, &LOG, "log").is_empty(), "{pointer}");
    };
    refused("/version", "2.0.0".into());
    refused("/runs/0/columnKind", "bytes".into());
    refused("/runs/0/results/0/level", "deny".into());
    refused("/runs/0/results/0/message", "text".into());
    refused("/runs/0/results/0/ruleIndex", (-1).into());
    let location = "/runs/0/results/0/locations/0/physicalLocation";
    refused(&format!("{location}/artifactLocation/uri"), "a b".into());
    refused(&format!("{location}/region/startLine"), 0.into());
    refused(
        &format!("{location}/region"),
        serde_json::json!({ "line": 1 }),
    );
}
