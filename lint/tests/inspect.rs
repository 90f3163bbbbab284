//! `cargo corelint inspect`, run as a program: what it says of objects, beside what LLVM, bpftool and libbpf
//! say of the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn fixture(name: &str) -> PathBuf {
    root().join("btf/tests/fixtures").join(name)
}

fn run(object: &Path, words: &[&str]) -> Output {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"));
    command.arg("inspect").arg(object).args(words);
    let output = command.env("XDG_DATA_HOME", data.path()).output();
    output.expect("the program runs")
}

fn told(object: &Path, words: &[&str]) -> String {
    let output = run(object, words);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", object.display());
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(object: &Path, words: &[&str]) -> Value {
    let words = [words, &["--format", "json"]].concat();
    serde_json::from_str(&told(object, &words)).expect("JSON")
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What is said of an object, with its instructions. `None`: the object is damaged, as some fixtures are.
fn readable(object: &Path) -> Option<Value> {
    let words = [
        "--disasm",
        "--kernel",
        "7.3.4 amd64 cloud",
        "--format",
        "json",
    ];
    let output = run(object, &words);
    let json = String::from_utf8(output.stdout).expect("UTF-8");
    (output.status.success()).then(|| serde_json::from_str(&json).expect("JSON"))
}

/// The output of a program that a machine may not have.
fn judge(programs: &[&str], words: &[&str]) -> Option<String> {
    for program in programs {
        if let Ok(output) = Command::new(program).args(words).output() {
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program}: {log}");
            return Some(String::from_utf8_lossy(&output.stdout).into_owned() + &log);
        }
    }
    // Not by `eprintln!`, which a test that passes does not show.
    let _ = writeln!(stderr(), "LEFT OUT: there is no `{}`", programs[0]);
    None
}

/// All objects of the repository, and those that its examples were built to.
fn objects() -> Vec<PathBuf> {
    let mut folders = vec![
        root().join("btf/tests/fixtures"),
        root().join("portability/tests"),
        root().join("lint/tests/fixtures"),
        root().join("target/bpf"),
    ];
    let mut objects = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "o") {
                objects.push(path);
            }
        }
    }
    objects.sort();
    assert!(objects.len() > 30, "{objects:?}");
    objects
}

/// `  12:\tr1 = r2` as `(12, "r1 = r2")`, by section. `llvm-objdump` also writes where jumps lead to.
fn objdump(text: &str) -> BTreeMap<String, Vec<(u64, String)>> {
    let mut sections: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("Disassembly of section ") {
            section = name.trim_end_matches(':').to_owned();
        }
        let insn = line.trim_start().split_once(":\t");
        if let Some((Ok(index), insn)) = insn.map(|(index, insn)| (index.parse(), insn)) {
            let target = insn.rfind(" <").filter(|_| insn.ends_with('>'));
            let insn = target.map_or(insn, |target| &insn[..target]);
            let insn = (
                index,
                insn.replace("goto +0x", "goto +").trim_end().to_owned(),
            );
            sections.entry(section.clone()).or_default().push(insn);
        }
    }
    sections
}

#[test]
fn instructions_are_those_of_llvm() {
    let mut judged = 0;
    for object in objects() {
        let path = object.to_str().expect("UTF-8");
        let words = [
            "-d",
            "--no-show-raw-insn",
            "--no-print-imm-hex",
            "--mcpu=v4",
            path,
        ];
        let Some(expected) = judge(&["llvm-objdump-22", "llvm-objdump"], &words) else {
            return;
        };
        let mut found: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        let Some(ours) = readable(&object) else {
            continue;
        };
        for code in array(&ours["instructions"]) {
            let lines = array(&code["lines"]).iter().map(|line| {
                let index = line["index"].as_u64().expect("an index");
                (index, text(&line["text"]).to_owned())
            });
            let section = text(&code["section"]).to_owned();
            found.entry(section).or_default().extend(lines);
        }
        let expected = objdump(&expected);
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{path}"
        );
        for (section, insns) in &found {
            for (ours, theirs) in insns.iter().zip(&expected[section]) {
                assert_eq!(ours, theirs, "{path} {section}");
            }
            assert_eq!(insns.len(), expected[section].len(), "{path} {section}");
        }
        judged += found.len();
    }
    assert!(judged > 100, "{judged} sections");
}

#[test]
fn types_are_those_of_bpftool() {
    for object in objects() {
        let path = object.to_str().expect("UTF-8");
        let Some(ours) = readable(&object).filter(|ours| !ours["btf"].is_null()) else {
            continue;
        };
        let words = ["btf", "dump", "file", path, "format", "raw"];
        let Some(dump) = judge(&["bpftool", "/usr/sbin/bpftool"], &words) else {
            return;
        };
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut names: BTreeMap<u64, &str> = BTreeMap::new();
        for line in dump.lines().filter(|line| line.starts_with('[')) {
            let (id, rest) = line[1..].split_once("] ").expect("a number");
            let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            *kinds.entry(kind.to_lowercase()).or_default() += 1;
            let name = rest
                .strip_prefix('\'')
                .and_then(|rest| rest.split('\'').next());
            names.insert(id.parse().expect("a number"), name.unwrap_or_default());
        }
        let found: BTreeMap<String, u64> =
            serde_json::from_value(ours["btf"]["kinds"].clone()).expect("kinds");
        assert_eq!(found, kinds, "{path}");
        for relocation in array(&ours["relocations"]) {
            let id = relocation["type_id"].as_u64().expect("an id");
            let name = text(&relocation["name"]);
            assert!(
                name.contains(names[&id]),
                "{path}: {name} is {}",
                names[&id]
            );
        }
    }
}

/// A section, the number of a record in it, and what is said of it.
type Said = BTreeMap<(String, usize), (String, String)>;

/// `prog 'raw_tp/x': relo #1: <byte_off> [5] struct task_struct.tgid (0:1 @ offset 4)`: what libbpf reads out
/// of each record; and which are `matching candidate #0 <byte_off> [24] ... (0:5 @ offset 2876)`.
fn libbpf(log: &str) -> (Said, BTreeMap<(String, usize), String>) {
    let (mut read, mut matched) = (Said::new(), BTreeMap::new());
    for line in log.lines() {
        let Some(rest) = line.strip_prefix("libbpf: prog '") else {
            continue;
        };
        let Some((section, rest)) = rest.split_once("': relo #") else {
            continue;
        };
        let Some((number, rest)) = rest.split_once(": ") else {
            continue;
        };
        let key = (section.to_owned(), number.parse().expect("a number"));
        let offset = rest.split("@ offset ").nth(1);
        let offset = offset
            .map_or("", |text| text.trim_end_matches(')'))
            .to_owned();
        if let Some(record) = rest.strip_prefix('<') {
            let (kind, rest) = record.split_once("> ").expect("a kind");
            let name = rest.split_once("] ").map_or(rest, |(_, name)| name);
            let name = name.split(" (").next().unwrap_or(name);
            let name = name.split(" = ").next().unwrap_or(name);
            read.insert(key, (kind.to_owned(), name.to_owned()));
        } else if rest.starts_with("matching candidate #0") {
            matched.insert(key, offset);
        }
    }
    (read, matched)
}

#[test]
fn relocations_are_those_of_libbpf() {
    let kernels = [
        ("kernel.bpf.o", "7.3.4-1-amd64-cloud.min.btf"),
        ("kernel.bpf.o", "5.10.223-1-amd64-cloud.min.btf"),
        ("kernel.bpf.o", "6.12.117-1-arm64-cloud.min.btf"),
        ("kinds.bpf.o", "same.btf"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("min.btf");
    for (object, kernel) in kernels {
        let (object, kernel) = (fixture(object), fixture(kernel));
        let paths = [&kernel, &out, &object].map(|path| path.to_str().expect("UTF-8"));
        let words = [&["-d", "gen", "min_core_btf"], &paths[..]].concat();
        let Some(log) = judge(&["bpftool", "/usr/sbin/bpftool"], &words) else {
            return;
        };
        let (read, matched) = libbpf(&log);
        let ours = json(&object, &["--kernel", paths[0]]);
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut said = Said::new();
        for one in array(&ours["relocations"]) {
            let section = text(&one["section"]);
            let number = numbers.entry(section).or_default();
            let key = (section.to_owned(), *number);
            *number += 1;
            let (kind, name) = (text(&one["kind"]), text(&one["name"]));
            let becomes = &one["becomes"][0];
            // Of a bit-field, libbpf's log has another place than the load.
            if kind == "byte_off" && !object.ends_with("kinds.bpf.o") {
                // A field of another width is found, too.
                let offset = matched.get(&key).map(String::as_str);
                let value = becomes["value"].as_u64().map(|value| value.to_string());
                let is_found = becomes.get("value").is_some() || becomes.get("width").is_some();
                assert_eq!(is_found, offset.is_some(), "{key:?} {name}: {becomes}");
                if let (Some(value), Some(offset)) = (value, offset) {
                    assert_eq!(value, offset.split('.').next().unwrap(), "{name}");
                }
            }
            said.insert(key, (kind.to_owned(), name.to_owned()));
        }
        // libbpf says nothing of a local type's id.
        said.retain(|key, _| read.contains_key(key));
        assert_eq!(said, read, "{}", kernel.display());
        assert!(read.len() > 8, "{log}");
    }
}

#[test]
fn a_program_of_each_thing() {
    let object = fixture("object.bpf.o");
    let shown = told(&object, &["--kernel", "6.1.192 amd64 cloud", "--disasm"]);
    for part in [
        "little endian, licence `Dual MIT/GPL`\n",
        "24 instructions, 39 with callback, shared, parent_of\n",
        "  counts  BPF_MAP_TYPE_ARRAY  1 entries\n",
        "  .rodata  4 bytes  limit\n",
        "  missing_kfunc  kfunc    weak\n",
        "struct task_struct.parent  object.bpf.c:27  8         2440\n",
        "; long sum = 0; @ object.bpf.c:37\n",
        "       6:\tr2 = 72 ll  # function callback\n",
        "call 181  # helper bpf_loop\n",
        "\t\tCO-RE <byte_off> [10] struct task_struct.pid (0:0): 2416 on 6.1.192 amd64 cloud\n",
        "r1 = 0 ll  # map counts\n",
        "r1 = 0 ll  # extern CONFIG_HZ\n",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let json = json(&object, &["--kernel", "6.1.192 amd64 cloud"]);
    assert_eq!(json["programs"][0]["target"], "sched_switch");
    assert_eq!(json["relocations"][1]["becomes"][0]["value"], 2440);
    assert_eq!(json["relocations"][1]["source"]["line"], 27);
    assert!(json.get("instructions").is_none());
}

/// Fields that moved, are gone, or have another size; and a record that fits two types.
#[test]
fn what_a_kernel_does_not_have() {
    let object = fixture("kinds.bpf.o");
    let moved = fixture("moved.btf");
    let moved = moved.to_str().expect("UTF-8");
    let shown = told(&object, &["--kernel", moved]);
    assert!(
        shown.contains("  `-`: the kernel has no such thing"),
        "{shown}"
    );
    assert!(
        shown.contains("  `width`: the field has another size"),
        "{shown}"
    );
    assert!(
        shown.contains("  raw_tp/fields+104 is refused on moved: two target types match"),
        "{shown}"
    );
    // `fixtures/moved.expected` is what libbpf makes of them: a signed field of another size poisons a
    // load, an unsigned one and a pointer change its width.
    let expected = [
        (1, "8"),
        (5, "width"),
        (9, "40"),
        (11, "320"),
        (13, "352"),
        (15, "width"),
        (19, "168"),
        (23, "-"),
    ];
    for (instruction, cell) in expected {
        let place = format!("  tp_btf/loads+{instruction} ");
        let line = shown.lines().find(|line| line.starts_with(&place));
        let last = line.and_then(|line| line.split_whitespace().last());
        assert_eq!(last, Some(cell), "{place}\n{shown}");
    }
}

#[test]
fn bad_input_is_one_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cut.o");
    let bytes = fs::read(fixture("object.bpf.o")).expect("an object");
    for len in (0..bytes.len()).step_by(31) {
        fs::write(&file, &bytes[..len]).expect("a file");
        let output = run(&file, &["--disasm", "--kernel", "7.3.4 amd64 cloud"]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{len}: {errors}");
        assert!(output.stdout.is_empty(), "{len}");
        assert!(
            errors.starts_with("error: ") && errors.lines().count() == 1,
            "{errors}"
        );
    }
    let output = run(&fixture("object.bpf.o"), &["--kernel", "9.99"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        errors,
        "error: `9.99` is no file either: no kernel is called `9.99`: `cargo corelint kernels list` lists them\n"
    );
}
