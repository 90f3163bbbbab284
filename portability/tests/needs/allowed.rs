//! What a kernel has and does not take: helpers by the type and licence of a program, and instructions.

use bpf_core_portability::{Rule, Verdict};

use crate::{
    before, judge, judge_attached, judge_on, judge_with, since, works_everywhere, works_on,
};

const ALLOWED: &[u8] = include_bytes!("allowed.bpf.o");

#[test]
fn helpers_by_the_type_of_a_program() {
    let report = judge(ALLOWED);
    let subject = "bpf_get_socket_cookie";
    let refused = || (Verdict::Refused, Rule::UnknownHelper, subject);
    works_on(&report, "not_in_raw", |_| false, refused());
    works_on(&report, "in_tracing", since(5, 12), refused());
    let about = report.findings.iter().filter(|one| one.subject == subject);
    let mut said: Vec<_> = about
        .flat_map(|one| &one.cases)
        .map(|case| case.has.as_str())
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            "not for programs of type `raw_tracepoint`",
            "not for programs of type `tracing`"
        ]
    );
}

#[test]
fn what_is_for_programs_under_a_gpl_compatible_licence() {
    let report = judge(include_bytes!("licence.bpf.o"));
    works_everywhere(&report, "free");
    let refused = (
        Verdict::Refused,
        Rule::UnknownHelper,
        "bpf_probe_read_kernel",
    );
    works_on(&report, "restricted", |_| false, refused);
    let report = judge_attached(include_bytes!("licence_of_hooks.bpf.o"));
    let hook = (Verdict::Refused, Rule::AbsentHook, "LSM hook file_open");
    works_on(&report, "on_hook", |_| false, hook);
    let unlock = (Verdict::Refused, Rule::UnknownKsym, "bpf_rcu_read_unlock");
    works_on(&report, "calls", before(6, 2), unlock);
}

/// aya loads an object without the section under `GPL`, libbpf under no licence.
#[test]
fn helpers_of_an_object_without_a_licence() {
    let mut object = include_bytes!("licence.bpf.o").to_vec();
    // In the names of sections, and in BTF.
    let name = b"\0license\0";
    for at in 0..object.len() - name.len() {
        if object[at..].starts_with(name) {
            object[at + 1] = b'x';
        }
    }
    works_everywhere(&judge_with(&object, "aya 0.13"), "restricted");
    let refused = (
        Verdict::Refused,
        Rule::UnknownHelper,
        "bpf_probe_read_kernel",
    );
    works_on(&judge(&object), "restricted", |_| false, refused);
}

#[test]
fn instructions() {
    let report = judge(ALLOWED);
    works_everywhere(&report, "plain");
    let refused = |subject| (Verdict::Refused, Rule::UnsupportedInstruction, subject);
    let atomic = refused("atomic operation that gives the old value");
    works_on(&report, "atomic", since(5, 12), atomic);
    works_on(&report, "division", since(6, 6), refused("signed division"));
    // Its opcode is an old one.
    works_everywhere(&report, "dead_division");
}

#[test]
fn helpers_by_the_iterator() {
    let object = include_bytes!("iterators.bpf.o");
    let setsockopt = || (Verdict::Refused, Rule::UnknownHelper, "bpf_setsockopt");
    works_on(&judge(object), "of_tcp", since(5, 15), setsockopt());
    // Linux 5.10 does not go through these sockets.
    let report = judge_on(object, "libbpf 1.7", since(6, 1));
    works_everywhere(&report, "of_unix");
    works_on(&report, "of_udp", |_| false, setsockopt());
}
