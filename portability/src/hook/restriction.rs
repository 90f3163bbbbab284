//! Functions that a kernel has and keeps from programs that change what they return, that may sleep, or
//! that run when they end.

use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::Program;
use bpf_core_kernel_facts::probed::Question;

use crate::finding::Effect;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// What the name of a system call's function starts with, by architecture.
///
/// Source: `has_arch_syscall_prefix` in `kernel/bpf/verifier.c`.
const SYSTEM_CALLS: [(&str, &str); 6] = [
    ("amd64", "__x64_"),
    ("arm64", "__arm64_"),
    ("loong64", "sys_"),
    ("ppc64el", "sys_"),
    ("riscv64", "__riscv_"),
    ("s390x", "__s390x_"),
];

/// Judges a program on a function that these kernels have.
///
/// Source: `bpf_check_attach_target` and `check_attach_btf_id` in `kernel/bpf/verifier.c`.
pub(super) fn check(
    scene: &Scene<'_>,
    program: &Program<'_>,
    function: &str,
    there: &KernelSet,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    let attach_type = program.section.attach_type;
    let kept = in_set(scene, function, |set| set == "btf_id_deny")?;
    let has = "its verifier takes no program on this function";
    cases.add(&kept.intersection(there), Effect::Refused, has);
    if attach_type != "trace_fentry" {
        let endless = in_set(scene, function, |set| set == "noreturn_deny")?;
        let has = "its verifier takes no program on the end of this function, which never returns";
        cases.add(&endless.intersection(there), Effect::Refused, has);
    }
    let is_sleepable = program.section.is_sleepable;
    if is_sleepable || attach_type == "modify_return" {
        marked(scene, function, is_sleepable, there, cases)?;
    }
    Ok(())
}

/// The kernels that have a function in a set of BTF ids.
pub(super) fn in_set(
    scene: &Scene<'_>,
    function: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<KernelSet, CheckError> {
    let sets = scene.catalogue.id_sets_of(function, scene.kernels)?;
    let meant = sets.values.iter().filter(|(set, _)| is_meant(set));
    Ok(meant.fold(KernelSet::default(), |all, (_, set)| all.union(set)))
}

/// Programs that change a result or sleep go to functions that are marked for it alone, and to system
/// calls.
fn marked(
    scene: &Scene<'_>,
    function: &str,
    is_sleepable: bool,
    there: &KernelSet,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    if !is_sleepable && function.starts_with("security_") {
        return Ok(());
    }
    let catalogue = scene.catalogue;
    let is_of_modified = |set: &str| set.contains("fmodret") || set.contains("modify_return");
    let modified = in_set(scene, function, is_of_modified)?;
    let injects = catalogue.symbol("within_error_injection_list")?;
    let mark = catalogue.symbol(&format!("_eil_addr_{function}"))?;
    let awake = match is_sleepable {
        true => in_set(scene, function, |set| {
            set == "btf_non_sleepable_error_inject"
        })?,
        false => KernelSet::default(),
    };
    let marked = mark.present.difference(&awake);
    let takes = modified.union(&marked);
    let takes = takes.union(&calls(scene, function, &injects.absent()));
    // A table without data has no marks.
    let with_data = catalogue.symbol("init_task")?.present;
    let hidden = injects.present.difference(&with_data);
    let known = mark.known.difference(&hidden).difference(&takes);
    let has = match is_sleepable {
        true => "no program that sleeps may be on this function",
        false => "no program may change what this function returns",
    };
    cases.add(&known.intersection(there), Effect::Refused, has);
    let unknown = there.difference(&known).difference(&takes);
    let has = "its symbols do not tell whether `ALLOW_ERROR_INJECTION` marks the function";
    cases.add(&unknown, Effect::Unknown, has);
    Ok(())
}

/// Of the kernels that are built without marks, those that take a function because it is a system call.
fn calls(scene: &Scene<'_>, function: &str, without: &KernelSet) -> KernelSet {
    let said = scene
        .probed
        .said(Question::Loads, "tracing/trace_fentry.s", without);
    let kernels = scene.catalogue.kernels();
    let is_call = |kernel: &usize| {
        let mut starts = SYSTEM_CALLS.iter();
        starts
            .any(|(of, start)| kernels[*kernel].architecture == *of && function.starts_with(start))
    };
    said.yes.iter().filter(is_call).collect()
}
