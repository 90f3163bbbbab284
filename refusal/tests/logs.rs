//! Refusals that were really made: the objects of `logs/`, loaded by libbpf 1.7, aya 0.13 and 0.14, and cilium/ebpf
//! (5ba0b3b2: the error, and `%+v` of its `VerifierError`) on Linux 6.18, and by libbpf in guests with Linux 5.10.262
//! and 6.1.192 of Debian.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use bpf_core_btf::object::Object;
use bpf_core_refusal::{Cause, Log, Refusal, Sites};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs")
}

/// The logs, each with the bytes of its object.
fn logs() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let files = fs::read_dir(folder()).expect("a folder").flatten();
    let files = files.map(|file| file.path());
    let mut logs: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .collect();
    logs.sort();
    let read = |path: &Path| fs::read(path).expect("a file");
    let all = logs.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let case = name.split('.').next().unwrap();
        let object = read(&folder().join(format!("{case}.bpf.o")));
        (name.clone(), read(path), object)
    });
    all.collect()
}

fn name(cause: &Cause) -> String {
    match cause {
        Cause::Message(message) => message.name.to_owned(),
        other => format!("{other:?}"),
    }
}

/// The line of a refusal in `expected.txt`.
fn told(object: &Object<'_>, refusal: &Refusal) -> String {
    let mut text = name(&refusal.cause);
    let sites = match Sites::find(object, refusal) {
        Ok(sites) => sites,
        Err(error) => return format!("{text}; {error}"),
    };
    for site in sites.all() {
        let _ = write!(text, "; {}", site.program);
        if let Some(insn) = refusal.insn {
            let _ = write!(text, " {insn}, {}", site.function);
        }
        if let Some(line) = site.line {
            let _ = write!(text, ":{}", line.line);
        }
        if let Some(record) = &site.record {
            let _ = write!(text, ", {}", record.name);
        }
        if let Some(refers) = site.refers {
            let _ = write!(text, ", {refers}");
        }
    }
    text
}

/// `UPDATE=1` writes what is told, for a person to read.
#[test]
fn each_log_is_explained() {
    let mut found = String::new();
    for (log_name, log, object) in logs() {
        let object = Object::parse(&object).expect("an object");
        let log = Log::read(&log);
        let _ = writeln!(found, "{log_name}");
        for refusal in &log.refusals {
            let _ = writeln!(found, "  {}", told(&object, refusal));
        }
        for line in &log.unknown {
            let _ = writeln!(found, "  ? {line}");
        }
        assert!(!log.refusals.is_empty(), "{log_name}: nothing is told");
    }
    let file = folder().join("expected.txt");
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &found).expect("the file can be written");
    }
    let expected = fs::read_to_string(&file).expect("a file");
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, expected);
}

/// One refusal has one cause, whoever loads, if the loader prints the verifier's log.
#[test]
fn loaders_agree() {
    let mut causes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (log_name, log, object) in logs() {
        let mut parts = log_name.split('.');
        let (case, loader) = (parts.next().unwrap(), parts.next().unwrap());
        let is_of_verifier = ["aya-6", "aya13-6", "verbose-6", "libbpf-6"].contains(&loader)
            && log_name.contains("-6.18.")
            && String::from_utf8_lossy(&log).contains("processed ");
        if is_of_verifier {
            let object = Object::parse(&object).expect("an object");
            let log = Log::read(&log);
            let told: Vec<String> = log
                .refusals
                .iter()
                .map(|one| told(&object, one).replace("Record(Some", "Record(None"))
                .map(|told| {
                    told.split_once("; ")
                        .map_or(told.clone(), |(_, place)| place.to_owned())
                })
                .collect();
            causes
                .entry(case.to_owned())
                .or_default()
                .insert(told.join(" | "));
        }
    }
    assert!(causes.len() > 12, "{causes:?}");
    for (case, told) in causes {
        assert_eq!(told.len(), 1, "{case}: {told:?}");
    }
}

#[test]
fn a_log_of_another_build_is_told() {
    let logs = logs();
    let log = |name: &str| logs.iter().find(|(other, ..)| other == name).unwrap();
    let (_, bytes, _) = log("absent_in_function.aya-6.18.log");
    let (_, _, other) = log("unbounded.aya-6.18.log");
    let refusal = &Log::read(bytes).refusals[0];
    let other = Object::parse(other).unwrap();
    let error = Sites::find(&other, refusal).unwrap_err().to_string();
    assert!(
        error.starts_with("the log is of another object or build: instruction"),
        "{error}"
    );
    let mut named = refusal.clone();
    named.program = Some("nobody".to_owned());
    let error = Sites::find(&other, &named).unwrap_err().to_string();
    assert_eq!(error, "the object has no program `nobody`");
}

#[test]
fn what_is_no_log_is_told() {
    let log = Log::read(b"all is well\nthe quick brown fox\n");
    assert!(log.refusals.is_empty());
    assert_eq!(log.unknown, ["all is well", "the quick brown fox"]);
    let log = Log::read(b"");
    assert!(log.refusals.is_empty() && log.unknown.is_empty());
}

/// aya 0.13 has other words, and a loader may print the error with `{:?}`, `{:#?}` or by `unwrap()`: each tells
/// what the log of aya 0.14 tells.
#[test]
fn other_prints_of_aya_tell_the_same() {
    let mut count = 0;
    for (log_name, log, object) in logs() {
        let object = Object::parse(&object).expect("an object");
        let text = String::from_utf8(log).expect("text");
        let Some((before, behind)) = text.split_once("the BPF_PROG_LOAD syscall returned ") else {
            continue;
        };
        let (why, said) = behind
            .split_once(". Verifier output: ")
            .expect("aya's words");
        let verifier = said.rsplit_once("\n    1: ").map_or(said, |(log, _)| log);
        let verifier = verifier.replace("\n       ", "\n");
        let error = format!("LoadError {{ io_error: {why:?}, verifier_log: {verifier} }}");
        let pretty = error.replace('\n', "\n    ");
        let prints = [
            format!("{before}the BPF_PROG_LOAD syscall failed. Verifier output: {said}"),
            format!(
                "[ERROR app] load: the BPF_PROG_LOAD syscall failed. Verifier output: {verifier}\n"
            ),
            format!("called `Result::unwrap()` on an `Err` value: {error}\n"),
            format!("Error: {pretty}\n"),
        ];
        let told = |text: &str| {
            let log = Log::read(text.as_bytes());
            let all = log.refusals.iter().map(|one| told(&object, one));
            all.collect::<Vec<_>>()
        };
        for print in prints {
            assert_eq!(told(&print), told(&text), "{log_name}: {print}");
        }
        count += 1;
    }
    assert!(count > 15, "{count} logs");
}
