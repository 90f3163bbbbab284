//! What a loader rejects or answers otherwise, by its version.

use std::collections::BTreeSet;

use bpf_core_btf::object::Object;
use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Effect, Loader, Report, Rule, Verdict};

use crate::{judge_by, judge_with, since};

const RECORDS: &[u8] = include_bytes!("records.bpf.o");

/// What the loader cannot do: the subject, what is said, and on how many kernels.
fn limits(report: &Report) -> Vec<(&str, &str, usize)> {
    let limits = report.findings.iter();
    let limits = limits.filter(|finding| finding.rule == Rule::LoaderUnsupported);
    let cases = limits.flat_map(|finding| {
        let cases = finding.cases.iter();
        cases.map(|case| {
            (
                finding.subject.as_str(),
                case.has.as_str(),
                case.kernels.len(),
            )
        })
    });
    cases.collect()
}

fn judged(report: &Report) -> impl Iterator<Item = &Kernel> {
    report.judged.iter().map(|at| &report.kernels[at])
}

#[test]
fn newest_libbpf_has_no_limits() {
    for object in [
        RECORDS,
        include_bytes!("hooks.bpf.o"),
        include_bytes!("features.bpf.o"),
        include_bytes!("ksyms.bpf.o"),
    ] {
        assert_eq!(limits(&judge_with(object, "libbpf 1.7")), []);
    }
}

#[test]
fn older_libbpf_does_not_know_a_section() {
    let report = judge_with(include_bytes!("features.bpf.o"), "libbpf 1.2");
    let all = report.judged.len();
    let said = |name| (name, "libbpf 1.2 does not know it; libbpf 1.3 does", all);
    assert_eq!(
        limits(&report),
        [
            said("section netfilter"),
            said("section cgroup/connect_unix"),
            said("section uprobe.multi//bin/sh:m*"),
        ]
    );
    // The other programs are loaded.
    let verdict = |name: &str| {
        let program = report.programs.iter().find(|one| one.name == name).unwrap();
        program.on(0)
    };
    assert_eq!(verdict("new_type"), Some(Verdict::Refused));
    assert_eq!(verdict("old_type"), Some(Verdict::Works));
}

#[test]
fn aya_takes_no_element_of_an_array_without_a_length() {
    let object = include_bytes!("elements.bpf.o");
    let report = judge_with(object, "aya 0.14");
    let [(subject, why, kernels)] = limits(&report)[..] else {
        panic!("{:?}", limits(&report));
    };
    assert_eq!(subject, "struct pid.numbers[0].nr");
    assert!(why.contains("a flavour with the array alone"), "{why}");
    assert_eq!(kernels, report.judged.len());
    assert_eq!(limits(&judge_with(object, "libbpf 1.7")), []);
}

#[test]
fn aya_refuses_an_object_for_one_section() {
    let object = include_bytes!("features.bpf.o");
    let report = judge_with(object, "aya 0.14");
    let subjects: Vec<_> = limits(&report)
        .iter()
        .map(|(subject, ..)| *subject)
        .collect();
    assert_eq!(
        subjects,
        [
            "section cgroup/connect_unix",
            "section netfilter",
            "section uprobe.multi//bin/sh:m*",
        ]
    );
    for program in &report.programs {
        assert_eq!(program.on.len(), 1, "{}", program.name);
        assert_eq!(program.on[0].0, Verdict::Refused, "{}", program.name);
    }
}

#[test]
fn kfuncs_need_libbpf_or_cilium() {
    let object = include_bytes!("ksyms.bpf.o");
    for (loader, count) in [("cilium 0.10", 3), ("cilium 0.11", 0), ("aya 0.14", 3)] {
        let report = judge_with(object, loader);
        assert_eq!(limits(&report).len(), count, "{loader}");
    }
}

#[test]
fn records() {
    let subject = "type_matches of task_struct";
    for (loader, is_known) in [
        ("libbpf 1.0", true),
        ("libbpf 0.8", false),
        ("cilium 0.15", true),
        ("cilium 0.14", false),
        ("aya 0.14", false),
    ] {
        let report = judge_with(RECORDS, loader);
        let found = limits(&report);
        let is_told = found.iter().any(|(told, ..)| *told == subject);
        assert_eq!(is_told, !is_known, "{loader}");
    }
    let report = judge_with(RECORDS, "aya 0.14");
    let kernels =
        |has: &dyn Fn(&Kernel) -> bool| judged(&report).filter(|kernel| has(kernel)).count();
    let lack = kernels(&|kernel| !since(5, 16)(kernel));
    let wide = kernels(&|kernel| since(6, 0)(kernel));
    let found = limits(&report);
    let of = |subject: &str| {
        let found = found.iter().find(|(told, ..)| *told == subject);
        found.map(|(.., kernels)| *kernels)
    };
    assert_eq!(of("type_size of folio"), Some(lack));
    assert_eq!(of("enumval_exists of perf_callchain_context"), Some(wide));
}

#[test]
fn maps_without_types_are_gone_from_libbpf() {
    let object = include_bytes!("legacy_maps.bpf.o");
    let said = "libbpf 1.0 and later take maps in the section `.maps` alone";
    for loader in ["libbpf 1.0", "libbpf 1.7", "libbpf"] {
        let report = judge_with(object, loader);
        let all = report.judged.len();
        assert_eq!(limits(&report), [("section maps", said, all)], "{loader}");
        for program in &report.programs {
            let verdicts: Vec<_> = program.on.iter().map(|(verdict, _)| *verdict).collect();
            assert_eq!(verdicts, [Verdict::Refused], "{loader}: {}", program.name);
        }
        // The line is that of the map that is used.
        let place = report.findings[0].place.unwrap();
        let parsed = Object::parse(object).unwrap();
        let function = parsed.function_at(place.section, place.at).unwrap();
        assert_eq!(function.name, "with_a_map", "{loader}");
    }
    for loader in ["libbpf 0.8", "aya 0.14", "cilium 0.22"] {
        let report = judge_with(object, loader);
        let found = limits(&report);
        let is_told = found.iter().any(|(subject, ..)| *subject == "section maps");
        assert!(!is_told, "{loader}: {found:?}");
    }
    // Maps with types are none of them.
    assert_eq!(
        limits(&judge_with(include_bytes!("maps.bpf.o"), "libbpf 1.7")),
        []
    );
}

/// What the loader refuses in an object whole: the subjects.
fn refused_whole(object: &[u8], loader: &str) -> Vec<String> {
    let report = judge_with(object, loader);
    let found = limits(&report);
    let subjects: Vec<_> = found.iter().map(|(of, ..)| (*of).to_owned()).collect();
    let expected = match &*subjects {
        [] => Verdict::Works,
        _ => Verdict::Refused,
    };
    for program in &report.programs {
        assert_eq!(program.on(0), Some(expected), "{loader}: {}", program.name);
    }
    subjects
}

#[test]
fn libbpf_takes_no_static_program() {
    let object = include_bytes!("whole_static.bpf.o");
    assert_eq!(
        refused_whole(object, "libbpf 1.7"),
        ["static program hidden"]
    );
    for loader in ["aya 0.14", "cilium 0.22"] {
        assert_eq!(refused_whole(object, loader), [""; 0], "{loader}");
    }
}

#[test]
fn libbpf_takes_no_part_of_an_object() {
    let object = include_bytes!("whole_part.bpf.o");
    let mut subjects = refused_whole(object, "libbpf 1.7");
    subjects.sort();
    assert_eq!(subjects, ["extern defined_elsewhere", "extern enabled"]);
}

#[test]
fn kernels_create_no_map_with_keys_of_another_size() {
    let object = include_bytes!("whole_maps.bpf.o");
    let keys = ["map wide_keys", "map without_keys", "map queue_with_keys"];
    let events = ["map without_sizes", "map without_values"];
    let rings = ["map ring_of_values"];
    let refused = |loader| refused_whole(object, loader).into_iter().collect();
    let is_right = |loader, expected: &[&[&str]]| {
        let expected = expected.iter().flat_map(|maps| maps.iter());
        let expected: BTreeSet<String> = expected.map(|map| (*map).to_owned()).collect();
        let refused: BTreeSet<String> = refused(loader);
        assert_eq!(refused, expected, "{loader}");
    };
    for loader in ["libbpf 1.0", "libbpf 1.7", "aya 0.13"] {
        is_right(loader, &[&keys, &events, &rings]);
    }
    // These take the type of a ring buffer's values as a comment, and cilium/ebpf fills in what is left out of an
    // array of events.
    is_right("aya 0.14", &[&keys, &events]);
    is_right("cilium 0.22", &[&keys]);
}

#[test]
fn old_loaders_cannot_read_new_types() {
    let object = include_bytes!("hooks.bpf.o");
    let report = judge_with(object, "aya 0.11");
    let found = limits(&report);
    let types = found
        .iter()
        .find(|(subject, ..)| *subject == "the kernel's BTF");
    let wide = judged(&report).filter(|kernel| since(6, 0)(kernel)).count();
    assert_eq!(
        types,
        Some(&(
            "the kernel's BTF",
            "its BTF has enums of 64 bits: aya 0.11 does not know it; aya 0.12 does",
            wide
        ))
    );
}

#[test]
fn who_needs_no_types_reads_none() {
    for loader in ["aya 0.11", "cilium 0.9"] {
        let report = judge_with(include_bytes!("maps.bpf.o"), loader);
        let mut found = limits(&report).into_iter();
        assert!(
            found.all(|(subject, ..)| subject != "the kernel's BTF"),
            "{loader}"
        );
    }
}

#[test]
fn iproute2_is_told_the_type_and_may_have_code_of_its_own() {
    for section in [
        &include_bytes!("features.bpf.o")[..],
        include_bytes!("hooks.bpf.o"),
    ] {
        assert_eq!(limits(&judge_with(section, "iproute2")), []);
    }
    let report = judge_with(include_bytes!("legacy_maps.bpf.o"), "iproute2");
    let said = limits(&report);
    assert!(said[0].1.contains("built without libbpf"), "{said:?}");
    assert_eq!(report.programs[0].on(0), Some(Verdict::Unknown));
    // No kernel creates these, whoever asks.
    let report = judge_with(include_bytes!("whole_maps.bpf.o"), "iproute2");
    assert_eq!(report.programs[0].on(0), Some(Verdict::Refused));
}

#[test]
fn what_another_loader_takes_is_not_refused_if_none_is_named() {
    let judged = |object: &[u8]| judge_by(object, &Loader::Unnamed, |_| true);
    let taken = "; nothing here names the loader, and aya 0.14 and cilium 0.22 take it";
    for (object, subject) in [
        (&include_bytes!("legacy_maps.bpf.o")[..], "section maps"),
        (
            include_bytes!("whole_static.bpf.o"),
            "static program hidden",
        ),
    ] {
        let report = judged(object);
        let found = limits(&report);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, subject);
        assert!(found[0].1.ends_with(taken), "{found:?}");
        assert_eq!(
            report.programs[0].on(0),
            Some(Verdict::Unknown),
            "{subject}"
        );
    }
    // All of them refuse these. cilium/ebpf fills in the sizes of an array of events, and refuses another map.
    let report = judged(include_bytes!("whole_maps.bpf.o"));
    let certain = |subject: &str| {
        let mut found = report.findings.iter().filter(|one| one.subject == subject);
        let found = found.next().expect("a finding");
        found
            .cases
            .iter()
            .all(|case| case.effect == Effect::Refused)
    };
    assert!(certain("map without_keys"));
    assert!(certain("map without_sizes"));
    assert_eq!(limits(&judged(include_bytes!("features.bpf.o"))), []);
}
