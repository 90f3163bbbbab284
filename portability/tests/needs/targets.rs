//! Functions that kernels have and keep from some programs, functions by patterns, and what is nothing of
//! the kernel's.

use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Rule, Verdict};

use crate::{before, is_early_arm64, judge_attached, judge_on, since, works_everywhere, works_on};

const TARGETS: &[u8] = include_bytes!("targets.bpf.o");

fn absent(verdict: Verdict, subject: &str) -> (Verdict, Rule, &str) {
    (verdict, Rule::AbsentHook, subject)
}

/// Debian builds no kernel with `CONFIG_FUNCTION_ERROR_INJECTION`.
#[test]
fn few_functions_let_programs_change_their_results() {
    let report = judge_attached(TARGETS);
    works_everywhere(&report, "modifies_hook");
    let refused = |subject| absent(Verdict::Refused, subject);
    let any = refused("function vfs_read");
    works_on(&report, "modifies_any", |_| false, any);
    // It is in a set of functions that programs may change, since Linux 6.6.
    let protocol = refused("function update_socket_protocol");
    works_on(&report, "modifies_protocol", since(6, 6), protocol);
    let hook = refused("function security_file_open");
    works_on(&report, "sleeps_in_hook", |_| false, hook);
}

#[test]
fn programs_that_sleep_go_to_system_calls() {
    let report = judge_on(TARGETS, "libbpf 1.7", |kernel| {
        kernel.architecture == "amd64"
    });
    let call = absent(Verdict::Refused, "function __x64_sys_getpgid");
    works_on(&report, "sleeps_in_call", since(7, 1), call);
    works_on(&report, "modifies_call", since(7, 1), call);
    let any = absent(Verdict::Refused, "function vfs_read");
    works_on(&report, "sleeps_anywhere", |_| false, any);
    works_everywhere(&report, "wakes_anywhere");
}

#[test]
fn a_verifier_keeps_functions_from_programs() {
    let report = judge_attached(TARGETS);
    let denied = absent(Verdict::Refused, "function migrate_enable");
    works_on(&report, "denied", |_| false, denied);
    let endless = absent(Verdict::Refused, "function do_exit");
    works_on(&report, "ends_never", before(6, 12), endless);
    works_everywhere(&report, "starts_once");
}

/// Debian's kernels have `CONFIG_FPROBE` since Linux 6.12, and for arm64 since 6.16.
fn has_fprobe(kernel: &Kernel) -> bool {
    match kernel.architecture.as_str() {
        "amd64" => since(6, 12)(kernel),
        _ => since(6, 16)(kernel),
    }
}

#[test]
fn functions_by_patterns() {
    // Linux 5.10 does not know the attach type, which is another finding.
    let report = judge_on(TARGETS, "libbpf 1.7", |kernel| {
        matches!(kernel.architecture.as_str(), "amd64" | "arm64") && since(6, 1)(kernel)
    });
    let unattached = |subject| absent(Verdict::NotAttached, subject);
    let all = unattached("function vfs_*");
    works_on(&report, "all_of_a_kind", has_fprobe, all);
    let one = unattached("function vfs_read");
    works_on(&report, "one_of_a_kind", has_fprobe, one);
    let gone = unattached("function do_unlin?at");
    let has = |kernel: &Kernel| has_fprobe(kernel) && before(7, 0)(kernel);
    works_on(&report, "gone_of_a_kind", has, gone);
    let new = judge_on(TARGETS, "libbpf 1.7", has_fprobe);
    let none = absent(Verdict::Unknown, "function no_such_*_at_all");
    works_on(&new, "none_of_a_kind", |_| false, none);
    works_everywhere(&new, "in_session");
}

#[test]
fn what_is_nothing_of_the_kernels() {
    let report = judge_attached(TARGETS);
    works_everywhere(&report, "by_usdt");
    let other = absent(Verdict::Unknown, "function main of another program");
    works_on(&report, "replaces", |_| false, other);
}

#[test]
fn attach_types_of_networks() {
    let report = judge_on(TARGETS, "libbpf 1.7", |kernel| !is_early_arm64(kernel));
    let unknown = |verdict, name| (verdict, Rule::UnknownAttachType, name);
    let new = since(6, 6);
    let tcx = unknown(Verdict::NotAttached, "BPF_TCX_INGRESS");
    works_on(&report, "on_tcx", &new, tcx);
    // `bpf_tc_attach` attaches it to older kernels.
    let tc = unknown(Verdict::Unknown, "BPF_TCX_INGRESS");
    works_on(&report, "on_ingress", &new, tc);
    let netkit = unknown(Verdict::NotAttached, "BPF_NETKIT_PRIMARY");
    works_on(&report, "on_netkit", since(6, 7), netkit);
    works_everywhere(&report, "chooses_socket");
}

#[test]
fn iterators_have_arguments() {
    let report = judge_attached(TARGETS);
    works_everywhere(&report, "iterates");
    let past = (
        Verdict::Refused,
        Rule::MovedArgument,
        "argument 3 of iterator task",
    );
    works_on(&report, "iterates_past", |_| false, past);
}
