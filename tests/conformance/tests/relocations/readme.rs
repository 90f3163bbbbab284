//! `README.md` lists the differences, as the cases have them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bpf_core_conformance::differences::{self, Difference};

use crate::groups;

const MARK: &str = "<!-- From here on `UPDATE=1 cargo test -p bpf-core-conformance` writes. -->\n";

/// How many cases of a difference are told.
const SHOWN: usize = 6;

#[test]
fn lists_the_differences() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let old = fs::read_to_string(&path).unwrap();
    let (head, _) = old
        .split_once(MARK)
        .expect("the line that the list follows");
    let new = format!("{head}{MARK}{}", list());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, new).unwrap();
    } else {
        assert!(
            new == old,
            "`UPDATE=1 cargo test -p bpf-core-conformance` writes README.md again"
        );
    }
}

fn list() -> String {
    let mut list = String::new();
    for difference in differences::ALL {
        let Difference {
            title,
            libbpf,
            aya,
            advice,
        } = difference;
        let cases = cases(difference);
        assert!(!cases.is_empty(), "no case shows: {title}");
        write!(
            list,
            "\n## {title}\n\nlibbpf: {libbpf}.\\\naya: {aya}.\\\nWhat to do: {advice}.\n\n\
             | case | libbpf | aya |\n|---|---|---|\n"
        )
        .unwrap();
        cases
            .iter()
            .take(SHOWN)
            .for_each(|case| list.push_str(case));
        if let Some(more) = cases.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(list, "| and {more} more | | |").unwrap();
        }
    }
    list
}

fn cases(difference: &Difference) -> Vec<String> {
    let mut cases = Vec::new();
    for (group, of_group) in groups() {
        for case in of_group {
            if case.aya.as_ref().is_some_and(|(why, _)| *why == difference) {
                let (name, libbpf, aya) = (&case.name, case.expected(), case.expected_of_aya());
                cases.push(format!("| {group}: {name} | {libbpf} | {aya} |\n"));
            }
        }
    }
    cases
}
