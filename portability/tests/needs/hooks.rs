//! Hooks that came, went, or were never there.

use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Report, Rule, Verdict};

use crate::{
    before, is_early_arm64, judge, judge_attached, judge_on, since, works_everywhere, works_on,
};

const HOOKS: &[u8] = include_bytes!("hooks.bpf.o");

fn absent(verdict: Verdict, subject: &str) -> (Verdict, Rule, &str) {
    (verdict, Rule::AbsentHook, subject)
}

#[test]
fn hooks_that_every_kernel_has_are_silent() {
    let report = judge_attached(HOOKS);
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
    let report = judge_on(HOOKS, "libbpf 1.7", |kernel| !is_early_arm64(kernel));
    works_on(
        &report,
        "hook_always",
        has_lsm_hooks,
        absent(Verdict::Refused, "LSM hook file_open"),
    );
}

#[test]
fn hooks_that_the_verifier_looks_up_refuse_the_program() {
    let report = judge_attached(HOOKS);
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
    let report = judge_attached(HOOKS);
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

/// Linux 6.16 inlines the function, and 7.2 has none of that name for amd64.
#[test]
fn a_function_of_btf_needs_an_address() {
    let report = judge_attached(HOOKS);
    let refused = absent(Verdict::Refused, "function blk_account_io_done");
    let has = |kernel: &Kernel| before(6, 16)(kernel);
    works_on(&report, "without_address", has, refused);
    let said = said(&report, "function blk_account_io_done");
    assert!(
        said.contains(
            &"`blk_account_io_done` is in its BTF and has no address: the compiler inlined it"
        ),
        "{said:?}"
    );
}

#[test]
fn an_architecture_may_attach_nothing_to_functions() {
    let report = judge(HOOKS);
    let fentry = (Verdict::NotAttached, Rule::AbsentHook, "trampoline fentry");
    let attaches = |kernel: &Kernel| !is_early_arm64(kernel);
    works_on(&report, "entry_always", attaches, fentry);
    works_everywhere(&report, "typed_always");
}

/// 6.1.192 keeps it from programs, and 6.1.176 does not.
#[test]
fn a_hook_may_be_disabled() {
    let report = judge_attached(HOOKS);
    let number = report
        .programs
        .iter()
        .position(|one| one.name == "hook_disabled");
    let program = &report.programs[number.unwrap()];
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        let expected = if it.numbers() < [6, 1, 192] {
            Verdict::Works
        } else {
            Verdict::Refused
        };
        assert_eq!(program.on(kernel), Some(expected), "{it}");
    }
    assert_eq!(
        said(&report, "LSM hook inode_getsecurity"),
        ["its verifier takes no program on this hook"]
    );
}

/// Linux 5.11 lets programs sleep on some hooks, and 7.1 on this one.
#[test]
fn a_program_that_sleeps_may_not_be_on_every_hook() {
    let report = judge_attached(HOOKS);
    let refused = |subject| absent(Verdict::Refused, subject);
    works_on(
        &report,
        "hook_asleep",
        since(5, 11),
        refused("LSM hook file_open"),
    );
    works_on(
        &report,
        "hook_awake",
        since(7, 1),
        refused("LSM hook bdev_setintegrity"),
    );
    let said = said(&report, "LSM hook bdev_setintegrity");
    assert!(
        said.contains(&"no program that sleeps may be on this hook"),
        "{said:?}"
    );
}

#[test]
fn a_kprobe_needs_a_symbol() {
    let report = judge_attached(HOOKS);
    let unattached = absent(Verdict::NotAttached, "function do_unlinkat");
    works_on(&report, "probe_gone", before(7, 0), unattached);
}

/// What is said of a subject.
fn said<'r>(report: &'r Report, subject: &str) -> Vec<&'r str> {
    let about = report.findings.iter().filter(|one| one.subject == subject);
    about
        .flat_map(|one| &one.cases)
        .map(|case| case.has.as_str())
        .collect()
}

/// Tools such as bcc's `funclatency` name a placeholder, and the function when they load.
#[test]
fn a_hook_that_no_kernel_has_is_the_loaders_to_choose() {
    let report = judge_attached(HOOKS);
    let unknown = absent(Verdict::Unknown, "function dummy_function_of_a_tool");
    works_on(&report, "entry_placeholder", |_| false, unknown);
}

#[test]
fn a_section_without_a_target_leaves_it_to_the_loader() {
    let report = judge_attached(HOOKS);
    let unknown = absent(Verdict::Unknown, "the target of program left_to_the_loader");
    works_on(&report, "left_to_the_loader", |_| false, unknown);
    works_everywhere(&report, "unnamed");
}

#[test]
fn cilium_tries_the_wrapper_of_a_system_call() {
    let object = include_bytes!("wrapper.bpf.o");
    let on = |loader: &str| {
        let report = judge_on(object, loader, |kernel| {
            ["amd64", "arm64"].contains(&&*kernel.architecture)
        });
        let program = report.programs.iter().find(|one| one.name == "plain_name");
        let judged = report.judged.iter();
        let verdicts = judged.map(|kernel| program.unwrap().on(kernel).unwrap());
        verdicts.collect::<Vec<Verdict>>()
    };
    let works = |verdict: &Verdict| *verdict == Verdict::Works;
    assert!(on("cilium 0.20").iter().all(works));
    assert!(!on("cilium 0.6").iter().any(works));
    assert!(!on("libbpf 1.7").iter().any(works));
}
