//! Every case, by libbpf, by aya, and by `bpf-core-btf`.

mod ambiguity;
mod arrays;
mod aspects;
mod bitfields;
mod blobs;
mod enums;
mod existence;
mod field_types;
mod fields;
mod flavours;
mod instructions;
mod loads;
mod matches;
mod minimal;
mod modules;
// What aya does where a shift overflows goes with the build; README.md tells of the tests' own.
#[cfg(debug_assertions)]
mod readme;
mod refusals;
mod types;

use std::collections::HashSet;

use bpf_core_btf::CoreReloKind;
use bpf_core_conformance::case::Case;
use bpf_core_conformance::insn::Outcome;
use bpf_core_conformance::libbpf::{Libbpf, NEWEST, SYSTEM};
use bpf_core_conformance::{aya, ours};

/// The groups, in the order in which they are told.
fn groups() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("fields", fields::cases()),
        ("field types", field_types::cases()),
        ("aspects", aspects::cases()),
        ("arrays", arrays::cases()),
        ("bitfields", bitfields::cases()),
        ("existence", existence::cases()),
        ("types", types::cases()),
        ("matches", matches::cases()),
        ("enums", enums::cases()),
        ("flavours", flavours::cases()),
        ("ambiguity", ambiguity::cases()),
        ("modules", modules::cases()),
        ("instructions", instructions::cases()),
        ("loads", loads::cases()),
        ("refusals", refusals::cases()),
        ("blobs", blobs::cases()),
    ]
}

/// Runs all cases; `check` tells what is wrong with one.
fn check_all(check: impl Fn(&Case) -> Result<(), String>) {
    let mut wrong = Vec::new();
    for (group, cases) in groups() {
        for case in cases {
            if let Err(error) = check(&case) {
                wrong.push(format!("{group}, {}: {error}", case.name));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn compare(found: &Outcome, expected: &Outcome, why: &str) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{found} instead of {expected}\n{why}"))
}

fn answers_as_the_table_says(libbpf: &Libbpf) {
    check_all(|case| {
        let answer = libbpf.relocate(&case.object(), &case.target_btf(), &case.module_btfs());
        let outcome = match &answer.programs {
            Ok(programs) => case.outcome(programs),
            Err(_) => Outcome::Refused,
        };
        let expected = case.expected_of(answer.version);
        compare(&outcome, expected, &answer.log)?;
        match (answer.programs, case.errno) {
            (Err(errno), Some(expected)) if errno != expected => Err(format!(
                "errno {errno} instead of {expected}\n{}",
                answer.log
            )),
            _ => Ok(()),
        }
    });
}

#[test]
fn the_newest_libbpf_answers_as_the_table_says() {
    answers_as_the_table_says(&NEWEST);
}

#[test]
fn the_systems_libbpf_answers_as_the_table_says() {
    answers_as_the_table_says(&SYSTEM);
}

#[test]
fn bpf_core_btf_answers_as_libbpf() {
    check_all(|case| {
        let (outcome, why) =
            match ours::relocate(&case.object(), &case.target_btf(), &case.module_btfs()) {
                Ok(programs) => (case.outcome(&programs), String::new()),
                Err(error) => (Outcome::Refused, error.to_string()),
            };
        compare(&outcome, case.expected(), &why)
    });
}

#[test]
fn aya_differs_where_the_table_says_so() {
    check_all(|case| {
        let (outcome, why) = match aya::relocate(&case.object(), &case.target_btf()) {
            Ok(programs) => (case.outcome(&programs), String::new()),
            Err(aya::Failure::Refused(error)) => (Outcome::Refused, error),
            Err(aya::Failure::Panics(error)) => (Outcome::Panics, error),
        };
        compare(&outcome, case.expected_of_aya(), &why)
    });
}

#[test]
fn a_difference_is_one() {
    check_all(|case| match &case.aya {
        Some((why, outcome)) if outcome == case.expected() => Err(format!("no {}", why.title)),
        _ => Ok(()),
    });
}

#[test]
fn every_kind_is_asked() {
    let cases: Vec<Case> = groups().into_iter().flat_map(|(_, cases)| cases).collect();
    for kind in CoreReloKind::ALL {
        let asked = cases
            .iter()
            .flat_map(Case::kinds)
            .filter(|asked| *asked == kind.into());
        assert!(asked.count() >= 5, "{kind}");
    }
}

#[test]
fn names_are_unique() {
    for (group, cases) in groups() {
        let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{group}");
    }
}
