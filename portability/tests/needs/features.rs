//! Helpers, kfuncs, and types of maps, programs and attachments.

use bpf_core_portability::{Rule, Verdict};

use crate::{before, judge, since, works_everywhere, works_on};

const FEATURES: &[u8] = include_bytes!("features.bpf.o");

fn refused(rule: Rule, subject: &str) -> (Verdict, Rule, &str) {
    (Verdict::Refused, rule, subject)
}

#[test]
fn helpers() {
    let report = judge(FEATURES);
    works_everywhere(&report, "old_helper");
    let helper = |name| refused(Rule::UnknownHelper, name);
    works_on(
        &report,
        "new_helper",
        since(5, 11),
        helper("bpf_get_current_task_btf"),
    );
    works_on(&report, "newer_helper", since(5, 17), helper("bpf_strncmp"));
}

#[test]
fn program_types() {
    let report = judge(FEATURES);
    works_everywhere(&report, "old_type");
    let fragments = refused(Rule::UnknownProgramType, "BPF_F_XDP_HAS_FRAGS");
    works_on(&report, "packets_in_pieces", since(5, 18), fragments);
    let number = report
        .programs
        .iter()
        .position(|one| one.name == "new_type");
    let about = report.findings.iter().filter(|one| one.program == number);
    let found: Vec<_> = about.map(|one| (one.rule, one.subject.as_str())).collect();
    assert_eq!(
        found,
        [
            (Rule::UnknownProgramType, "BPF_PROG_TYPE_NETFILTER"),
            (Rule::UnknownAttachType, "BPF_NETFILTER"),
        ]
    );
    for kernel in report.judged.iter() {
        let verdict = report.programs[number.unwrap()].on(kernel);
        let has = since(6, 4)(&report.kernels[kernel]);
        assert_eq!(verdict == Some(Verdict::Works), has);
    }
}

#[test]
fn attach_types() {
    let report = judge(FEATURES);
    let attach_type = refused(Rule::UnknownAttachType, "BPF_CGROUP_UNIX_CONNECT");
    works_on(&report, "new_attach_type", since(6, 7), attach_type);
    // A kernel that does not know it loads the program all the same.
    let attach_type = (
        Verdict::NotAttached,
        Rule::UnknownAttachType,
        "BPF_TRACE_UPROBE_MULTI",
    );
    works_on(&report, "attached_later", since(6, 6), attach_type);
}

#[test]
fn maps_are_created_before_any_program_is_loaded() {
    let report = judge(include_bytes!("maps.bpf.o"));
    let map = refused(Rule::UnknownMapType, "bloom: BPF_MAP_TYPE_BLOOM_FILTER");
    works_on(&report, "program", since(5, 16), map);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].program, None);
}

#[test]
fn kfuncs_that_are_not_weak_are_needed() {
    let report = judge(include_bytes!("ksyms.bpf.o"));
    let subjects: Vec<_> = report
        .findings
        .iter()
        .map(|one| (one.rule, one.subject.as_str()))
        .collect();
    assert_eq!(
        subjects,
        [
            (Rule::UnknownKsym, "bpf_task_acquire"),
            (Rule::UnknownKsym, "bpf_task_release"),
        ]
    );
    for kernel in report.judged.iter() {
        let has = since(6, 2)(&report.kernels[kernel]);
        let verdict = report.programs[0].on(kernel);
        assert_eq!(verdict == Some(Verdict::Works), has);
    }
}

#[test]
fn kfuncs_are_declared_as_the_kernel_has_them() {
    let report = judge(include_bytes!("prototypes.bpf.o"));
    for kernel in report.judged.iter() {
        assert_eq!(report.programs[0].on(kernel), Some(Verdict::Refused));
    }
    let of = |subject: &str| {
        let finding = report.findings.iter().find(|one| one.subject == subject);
        finding.unwrap_or_else(|| panic!("no `{subject}`"))
    };
    // libbpf ignores the flavour, so this one is there.
    let acquire = of("bpf_task_acquire___v1").kernels();
    for kernel in report.judged.iter() {
        let has = since(6, 2)(&report.kernels[kernel]);
        assert_eq!(!acquire.contains(kernel), has, "{}", report.kernels[kernel]);
    }
    let create = of("bpf_cpumask_create");
    let other = create.cases.iter().find(|case| !case.has.is_empty());
    let other = other.expect("newer kernels have it, with a struct that is defined");
    assert_eq!(
        other.has,
        "it has `struct bpf_cpumask * (void)`: declare these types, and structs with members"
    );
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        let is_new = since(6, 12)(it) && it.architecture == "amd64";
        assert!(
            !is_new || other.kernels.contains(kernel),
            "{}",
            report.kernels[kernel]
        );
    }
}

#[test]
fn a_weak_kfunc_of_another_prototype_is_absent() {
    let report = judge(include_bytes!("weak.bpf.o"));
    let refused = (
        Verdict::Refused,
        Rule::AbsentField,
        "struct task_struct.state",
    );
    works_on(&report, "program", before(5, 14), refused);
}
