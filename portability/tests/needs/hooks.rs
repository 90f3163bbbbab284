//! Hooks that came, went, or were never there.

use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Rule, Verdict};

use crate::{before, judge, since, works_everywhere, works_on};

const HOOKS: &[u8] = include_bytes!("hooks.bpf.o");

fn absent(verdict: Verdict, subject: &str) -> (Verdict, Rule, &str) {
    (verdict, Rule::AbsentHook, subject)
}

#[test]
fn hooks_that_every_kernel_has_are_silent() {
    let report = judge(HOOKS);
    for program in [
        "entry_always",
        "event_always",
        "call_always",
        "iterator_always",
        "probe_always",
        "unnamed",
        "of_process",
    ] {
        works_everywhere(&report, program);
    }
}

/// Debian's kernel for s390x is built without `CONFIG_BPF_LSM`.
fn has_lsm_hooks(kernel: &Kernel) -> bool {
    kernel.architecture != "s390x"
}

#[test]
fn an_lsm_hook_needs_a_kernel_that_is_built_with_them() {
    works_on(
        &judge(HOOKS),
        "hook_always",
        has_lsm_hooks,
        absent(Verdict::Refused, "LSM hook file_open"),
    );
}

#[test]
fn hooks_that_the_verifier_looks_up_refuse_the_program() {
    let report = judge(HOOKS);
    let refused = |subject| absent(Verdict::Refused, subject);
    works_on(
        &report,
        "entry_gone",
        before(7, 0),
        refused("function do_unlinkat"),
    );
    works_on(
        &report,
        "exit_new",
        since(5, 16),
        refused("function folio_mark_accessed"),
    );
    works_on(
        &report,
        "typed_new",
        since(6, 5),
        refused("tracepoint block_io_start"),
    );
    works_on(
        &report,
        "hook_new",
        |kernel| has_lsm_hooks(kernel) && since(6, 12)(kernel),
        refused("LSM hook bdev_setintegrity"),
    );
    works_on(
        &report,
        "iterator_new",
        since(6, 0),
        refused("iterator ksym"),
    );
}

#[test]
fn hooks_that_are_looked_up_later_leave_the_program_unattached() {
    let report = judge(HOOKS);
    let unattached = |subject| absent(Verdict::NotAttached, subject);
    works_on(
        &report,
        "raw_new",
        since(6, 5),
        unattached("tracepoint block_io_start"),
    );
    works_on(
        &report,
        "event_new",
        since(6, 5),
        unattached("tracepoint block_io_start"),
    );
    works_on(
        &report,
        "call_new",
        since(5, 16),
        unattached("system call futex_waitv"),
    );
    works_on(
        &report,
        "ksyscall_new",
        since(5, 16),
        unattached("system call futex_waitv"),
    );
}

/// Tools such as bcc's `funclatency` name a placeholder, and the function when they load.
#[test]
fn a_hook_that_no_kernel_has_is_the_loaders_to_choose() {
    let report = judge(HOOKS);
    let unknown = absent(Verdict::Unknown, "function dummy_function_of_a_tool");
    works_on(&report, "entry_placeholder", |_| false, unknown);
}
