//! Functions and types of modules. A kernel has them once the module is loaded.

use bpf_core_catalogue::{Catalogue, KernelSet};
use bpf_core_portability::{Effect, Report, Verdict};

use crate::judge_attached;

const MODULES: &[u8] = include_bytes!("modules.bpf.o");

/// The kernels whose modules are known, of those that were judged.
fn known(report: &Report) -> KernelSet {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let known = catalogue.with_modules().intersection(&report.judged);
    assert!(!known.is_empty() && known != report.judged);
    known
}

/// What is said of a subject, with the kernels.
fn cases<'r>(report: &'r Report, program: &str) -> Vec<(&'r str, &'r Effect, &'r KernelSet)> {
    let number = report.programs.iter().position(|one| one.name == program);
    let findings = report.findings.iter();
    let of_program = findings.filter(|finding| finding.program == number);
    let cases = of_program.flat_map(|finding| &finding.cases);
    cases
        .map(|case| (case.has.as_str(), &case.effect, &case.kernels))
        .collect()
}

#[test]
fn a_function_of_a_module_is_there_once_that_is_loaded() {
    let report = judge_attached(MODULES);
    let known = known(&report);
    let unknown = report.judged.difference(&known);
    for (program, effect) in [("entry", Effect::Refused), ("probe", Effect::NotAttached)] {
        let load = "the module `md_mod` has it: load the module first";
        let not_known = "its modules are not known: on other kernels the module `md_mod` has it";
        let expected = vec![(load, &effect, &known), (not_known, &effect, &unknown)];
        assert_eq!(cases(&report, program), expected, "{program}");
    }
}

#[test]
fn a_type_of_a_module_is_there_once_that_is_loaded() {
    let report = judge_attached(MODULES);
    let known = known(&report);
    let unknown = report.judged.difference(&known);
    let not_known = "its modules are not known: on other kernels a module has the type";
    assert_eq!(
        cases(&report, "reads"),
        [(not_known, &Effect::Refused, &unknown)]
    );
    let reads = report
        .programs
        .iter()
        .find(|one| one.name == "reads")
        .unwrap();
    for kernel in known.iter() {
        assert_eq!(
            reads.on(kernel),
            Some(Verdict::Works),
            "{}",
            report.kernels[kernel]
        );
    }
}
