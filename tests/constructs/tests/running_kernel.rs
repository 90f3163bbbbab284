//! Every construct on the running kernel, by aya and by libbpf; and what the linker says of the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use constructs::{Case, Expected, ROWS, cases, row};
use example_loader::Verdict;
use example_proof::machine;

mod bpffs;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf/constructs.o")
}

#[test]
fn aya_loads_them_and_they_are_right() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the constructs by aya", why);
    }
    check(Case::by_aya);
}

#[test]
fn libbpf_loads_them_and_they_are_right() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the constructs by libbpf", why);
    }
    bpffs::with("constructs", |mount| check(|case| case.by_libbpf(mount)));
}

fn check(run: impl Fn(&Case) -> Result<Verdict>) {
    let cases = cases(&folder()).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        match run(case) {
            Ok(Verdict::Skipped(why)) => machine::leave_out(&case.name, &why),
            Ok(_) => {}
            Err(error) => wrong.push(format!("{}: {error:#}", case.name)),
        }
    }
    let (failed, all) = (wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{failed} of {all}:\n{}", wrong.join("\n"));
}

#[test]
fn the_linker_names_what_cannot_run() {
    let mut wrong = Vec::new();
    let mut refused = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let row = row(&name).unwrap_or_else(|| panic!("`{name}` has no row"));
        let was_refused = path.extension().is_some_and(|end| end == "txt");
        let Expected::Refused(words) = &row.expected else {
            if was_refused {
                let said = fs::read_to_string(&path).unwrap();
                wrong.push(format!("{name} is refused: {said}"));
            }
            continue;
        };
        if !was_refused {
            wrong.push(format!("{name} is not refused"));
            continue;
        }
        refused += 1;
        let said = fs::read_to_string(&path).unwrap();
        for part in *words {
            if !said.contains(part) {
                wrong.push(format!("{name}: no `{part}` in {said}"));
            }
        }
        // A function as a whole begins in the macro of `src/lib.rs`; a program or a map has no line.
        let of_all = name.split('.').next().unwrap_or_default();
        let lines = [
            &*format!("src/bin/{of_all}.rs:"),
            "src/lib.rs:",
            "debug info",
            "in BTF",
        ];
        if !lines.iter().any(|line| said.contains(line)) {
            wrong.push(format!("{name}: no line in {said}"));
        }
        let errors = said.matches("note: error: ").count();
        if errors != 1 {
            wrong.push(format!("{name}: {errors} errors of the linker in {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 15, "{refused}");
}

#[test]
fn each_program_has_a_row() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("ebpf/src/bin");
    let mut programs: BTreeSet<String> = fs::read_dir(programs)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    // Their sources are what tests of `cargo corelint migrate` expect.
    programs.extend(["migrated", "migrated_offsets"].map(str::to_owned));
    let rows = ROWS.iter().map(|row| row.name.to_owned());
    let rows: BTreeSet<String> = rows.filter(|name| !name.contains('.')).collect();
    assert_eq!(programs, rows);
}
