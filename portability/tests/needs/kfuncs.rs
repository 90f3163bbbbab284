//! Functions, variables and options of the kernel, as an object declares them.

use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, NameSpace};
use bpf_core_portability::{Rule, Verdict};

use crate::{before, judge_attached, judge_on, since, works_everywhere, works_on};

const KFUNCS: &[u8] = include_bytes!("kfuncs.bpf.o");
const STRONG: &[u8] = include_bytes!("ksyms_strong.bpf.o");

fn refused(rule: Rule, subject: &str) -> (Verdict, Rule, &str) {
    (Verdict::Refused, rule, subject)
}

/// The kernels whose configuration is known.
fn configured() -> Vec<Kernel> {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let known: KernelSet = catalogue.known(NameSpace::Config);
    let known = known
        .iter()
        .map(|kernel| catalogue.kernels()[kernel].clone());
    known.collect()
}

#[test]
fn what_is_asked_for_is_silent() {
    works_everywhere(&judge_attached(KFUNCS), "guarded");
}

#[test]
fn a_program_type_may_not_call_every_function() {
    let report = judge_on(KFUNCS, "libbpf 1.7", |kernel| {
        kernel.architecture == "amd64"
    });
    let acquire = refused(Rule::UnknownKsym, "bpf_task_acquire");
    works_on(&report, "not_in_probes", before(6, 2), acquire);
}

#[test]
fn a_call_of_a_weak_function_needs_a_question() {
    let report = judge_attached(KFUNCS);
    let unlock = refused(Rule::UnknownKsym, "bpf_rcu_read_unlock");
    works_on(&report, "unasked", since(6, 2), unlock);
}

#[test]
fn a_function_is_there_with_its_prototype_alone() {
    let report = judge_attached(KFUNCS);
    let other = refused(Rule::UnknownKsym, "bpf_preempt_disable");
    works_on(&report, "another_prototype", |_| false, other);
    // A struct that is declared and not defined is another type to libbpf.
    let report = judge_attached(STRONG);
    let release = report.findings.iter();
    let release: Vec<_> = release
        .filter(|one| one.subject == "bpf_task_release")
        .collect();
    assert_eq!(release.len(), 1);
    assert_eq!(release[0].kernels().len(), report.judged.len());
    assert!(release[0].place.is_some());
    let told = "it has `void (struct task_struct *";
    let mut cases = release[0].cases.iter();
    assert!(cases.any(|case| case.has.starts_with(told)));
}

#[test]
fn options_are_constants() {
    let known = configured();
    let report = judge_on(KFUNCS, "libbpf 1.7", |kernel| known.contains(kernel));
    let state = refused(Rule::AbsentField, "struct task_struct.state");
    let works = |kernel: &Kernel| kernel.flavour != "rt" || before(5, 14)(kernel);
    works_on(&report, "of_real_time", works, state);
    let report = judge_on(KFUNCS, "libbpf 1.7", |kernel| !known.contains(kernel));
    let unknown = (
        Verdict::Unknown,
        Rule::AbsentField,
        "struct task_struct.state",
    );
    works_on(&report, "of_real_time", |_| false, unknown);
}

/// Debian's older kernels for arm64 are built without `CONFIG_KALLSYMS_ALL`.
fn has_data(kernel: &Kernel) -> bool {
    kernel.architecture != "arm64" || since(6, 12)(kernel)
}

#[test]
fn variables_without_a_type_are_of_kallsyms() {
    let state = refused(Rule::AbsentField, "struct task_struct.state");
    let works = |kernel: &Kernel| has_data(kernel) || before(5, 14)(kernel);
    works_on(&judge_attached(KFUNCS), "of_first_task", works, state);
}

#[test]
fn what_is_not_weak_is_needed() {
    let report = judge_attached(STRONG);
    let lacking = |subject| {
        let mut about = report.findings.iter().filter(|one| one.subject == subject);
        let lacking = about.next().map(|one| {
            let cases = one
                .cases
                .iter()
                .filter(|case| !case.has.contains("not known"));
            let sets = cases.map(|case| case.kernels.iter().collect::<Vec<_>>());
            sets.flatten().collect::<Vec<_>>()
        });
        lacking.unwrap_or_default()
    };
    let kernels = |lacks: &dyn Fn(&Kernel) -> bool| {
        let judged = report.judged.iter();
        judged
            .filter(|kernel| lacks(&report.kernels[*kernel]))
            .collect::<Vec<_>>()
    };
    assert_eq!(lacking("no_such_variable"), kernels(&|_| true));
    assert_eq!(lacking("init_task"), kernels(&|kernel| !has_data(kernel)));
    let known = configured();
    let plain = |kernel: &Kernel| known.contains(kernel) && kernel.flavour != "rt";
    assert_eq!(lacking("CONFIG_PREEMPT_RT"), kernels(&plain));
    assert_eq!(lacking("CONFIG_HZ"), kernels(&|_| false));
}

/// Kernels say what programs may call that a system call runs.
#[test]
fn programs_of_system_calls_may_call_kfuncs() {
    let report = judge_attached(KFUNCS);
    let mut programs = report.programs.iter();
    let program = programs.find(|one| one.name == "in_a_system_call");
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        let expected = match it.numbers() {
            [..=4, ..] | [5, ..14, _] => Verdict::Refused,
            _ => Verdict::Works,
        };
        let verdict = program.and_then(|program| program.on(kernel));
        assert_eq!(verdict, Some(expected), "{it}");
    }
}

#[test]
fn a_verifier_takes_the_address_of_a_function_or_not() {
    let report = judge_attached(include_bytes!("kfunc_address.bpf.o"));
    let subject = "address of the function schedule";
    let refused = refused(Rule::UnsupportedInstruction, subject);
    works_on(&report, "asks", since(6, 4), refused);
    // The loader writes 0 in place of it.
    works_everywhere(&report, "asks_in_vain");
}
