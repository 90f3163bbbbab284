//! Structs of functions, and members that kernels lack.

use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Report, Rule, Verdict};

use crate::{before, judge_attached, since, works_everywhere, works_on};

fn refused(subject: &str) -> (Verdict, Rule, &str) {
    (Verdict::Refused, Rule::AbsentHook, subject)
}

/// Debian builds its kernels with it since Linux 6.13.
fn has_sched_ext(kernel: &Kernel) -> bool {
    since(6, 13)(kernel)
}

#[test]
fn members_that_every_kernel_has_are_silent() {
    let report = judge_attached(include_bytes!("struct_ops.bpf.o"));
    for program in ["ssthresh", "cong_avoid", "undo_cwnd"] {
        works_everywhere(&report, program);
    }
}

#[test]
fn a_struct_that_is_made_on_demand_concerns_its_own_programs() {
    let report = judge_attached(include_bytes!("struct_ops.bpf.o"));
    let subject = "struct_ops type sched_ext_ops";
    works_on(&report, "enable", has_sched_ext, refused(subject));
}

#[test]
fn members_have_arguments() {
    let report = judge_attached(include_bytes!("struct_ops.bpf.o"));
    let subject = "argument 2 of struct_ops member tcp_congestion_ops.cong_control";
    let moved = (Verdict::WrongValue, Rule::MovedArgument, subject);
    works_on(&report, "cong_control", before(6, 10), moved);
}

#[test]
fn a_member_that_a_kernel_lacks_stops_the_object() {
    let report = judge_attached(include_bytes!("struct_ops_new.bpf.o"));
    let subject = "struct_ops member tcp_congestion_ops.cwnd_event_tx_start";
    for program in ["cwnd_event_tx_start", "other"] {
        works_on(&report, program, since(7, 1), refused(subject));
    }
    let has = "`name` of 16 bytes, and the object's has 8";
    assert_eq!(
        said(&report, "struct_ops member tcp_congestion_ops.name"),
        [has]
    );
}

#[test]
fn links_are_new() {
    let report = judge_attached(include_bytes!("struct_ops_link.bpf.o"));
    let subject = "struct_ops type tcp_congestion_ops";
    works_on(&report, "undo_cwnd", since(6, 4), refused(subject));
}

fn said<'r>(report: &'r Report, subject: &str) -> Vec<&'r str> {
    let about = report.findings.iter().filter(|one| one.subject == subject);
    let cases = about.flat_map(|one| &one.cases);
    cases.map(|case| case.has.as_str()).collect()
}
