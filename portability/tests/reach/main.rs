//! Whether the verifier reaches a field that a kernel lacks. `reach.bpf.c` has ways to one, and ways past
//! it. `too_long.bpf.c` has programs that nobody follows to the end. `lookups.bpf.c` uses elements of maps,
//! `depth.bpf.c` the stack, and `context.bpf.c` the context. `results.bpf.c` gives results. What is expected here
//! follows from the rules of each version of the verifier. `conformance` asks the running kernel.

use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet};
use bpf_core_portability::{Effect, Loader, Report, Rule, Verdict, check};

/// What a kernel makes of a program.
type Expected<'e> = &'e dyn Fn(&Kernel) -> Option<Effect>;

/// Whether a kernel refuses a program.
type IsRefused<'e> = &'e dyn Fn(&Kernel) -> bool;

/// What is said of absent fields of a program on a kernel.
fn effect(report: &Report, program: &str, kernel: usize) -> Option<Effect> {
    let number = report.programs.iter().position(|one| one.name == program);
    assert!(number.is_some(), "no program `{program}`");
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.rule == Rule::AbsentField && finding.program == number);
    let mut cases = findings
        .flat_map(|finding| &finding.cases)
        .filter(|case| case.kernels.contains(kernel));
    let effect = cases.next().map(|case| case.effect.clone());
    assert!(cases.all(|case| Some(&case.effect) == effect.as_ref()));
    effect
}

/// What is said of an object of this folder.
fn report(object: &str, catalogue: &Catalogue<'_>, kernels: &KernelSet) -> Report {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reach");
    let bytes = std::fs::read(format!("{folder}/{object}.bpf.o")).unwrap();
    let object = Object::parse(&bytes).unwrap();
    check(&object, catalogue, kernels, &Loader::default()).unwrap()
}

/// Looks for a rule's findings in all programs of an object, on the kernels of architectures that were booted.
fn refused_by(report: &Report, rule: Rule, expected: &[(&str, IsRefused<'_>)]) {
    for (name, expected) in expected {
        let program = report.programs.iter().position(|one| one.name == *name);
        assert!(program.is_some(), "no program `{name}`");
        for kernel in report.judged.iter() {
            let it = &report.kernels[kernel];
            let of_program = report
                .findings
                .iter()
                .filter(|finding| (finding.rule, finding.program) == (rule, program));
            let mut cases = of_program
                .flat_map(|finding| &finding.cases)
                .filter(|case| case.kernels.contains(kernel));
            let effect = cases.next().map(|case| &case.effect);
            // A kernel between one that takes it and one that does not, and that was not booted.
            let is_known = effect != Some(&Effect::Unknown);
            let is_booted = ["amd64", "arm64"].contains(&&*it.architecture) && is_known;
            assert!(
                effect.is_some() == expected(it) || !is_booted,
                "{name} on {it}"
            );
        }
    }
    assert_eq!(report.programs.len(), expected.len());
}

#[test]
fn the_verifiers_way_is_followed() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("reach", &catalogue, &all);

    let never = |_: &Kernel| None;
    let without_state =
        |kernel: &Kernel| (kernel.numbers() >= [5, 14, 0]).then_some(Effect::Refused);
    let unknown = |kernel: &Kernel| without_state(kernel).map(|_| Effect::Unknown);
    let by_switch =
        |kernel: &Kernel| without_state(kernel).map(|_| Effect::RefusedIf("use_old".to_owned()));
    let by_two_switches = |kernel: &Kernel| {
        without_state(kernel)
            .map(|_| Effect::RefusedIf("first_switch` and `second_switch".to_owned()))
    };
    // 6.8 verifies a global function only if it sees a call.
    let not_lazy = |kernel: &Kernel| without_state(kernel).filter(|_| kernel.numbers() < [6, 8, 0]);
    let expected: [(&str, Expected<'_>); 30] = [
        ("plain", &without_state),
        ("guarded", &never),
        ("killed_by_one", &never),
        ("other_guard", &without_state),
        ("enumerator_guard", &never),
        ("type_guard", &without_state),
        ("on_stack", &never),
        ("half_on_stack", &never),
        // No verifier knows a number again that does not begin where a slot does.
        ("other_half_on_stack", &without_state),
        ("by_argument", &never),
        ("by_other_argument", &without_state),
        ("by_global", &without_state),
        ("by_global_never_called", &not_lazy),
        ("by_result", &never),
        ("by_callback", &never),
        ("by_switch", &by_switch),
        ("by_two_switches", &by_two_switches),
        ("by_switch_and_guard", &never),
        ("by_version", &never),
        ("by_kfunc", &never),
        ("by_two_ways", &never),
        ("by_loop", &never),
        ("by_end_of_loop", &without_state),
        ("by_null", &never),
        ("overwritten", &without_state),
        ("by_range", &never),
        ("behind_long_loop", &unknown),
        ("guarded_behind_long_loop", &never),
        ("guarded_behind_many_branches", &never),
        // Booted kernels of 5.10.223 and 5.10.262 know that number too.
        ("by_narrow_one", &never),
    ];
    for (program, expected) in expected {
        for kernel in report.judged.iter() {
            let it = &catalogue.kernels()[kernel];
            assert_eq!(
                effect(&report, program, kernel),
                expected(it),
                "{program} on {it}"
            );
        }
    }
    assert_eq!(report.programs.len(), expected.len());
}

#[test]
fn elements_of_maps_are_tested_for_null() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("lookups", &catalogue, &all);

    let never = |_: &Kernel| false;
    let always = |_: &Kernel| true;
    let before_constant_keys = |kernel: &Kernel| kernel.numbers() < [6, 14, 0];
    let expected: [(&str, IsRefused<'_>); 17] = [
        ("tested", &never),
        ("not_tested", &always),
        ("stored_to", &always),
        ("added_to", &always),
        ("moved_before_test", &always),
        ("tested_by_copy", &never),
        ("constant_key", &before_constant_keys),
        ("constant_key_within_slot", &always),
        ("constant_key_at_slot", &before_constant_keys),
        ("constant_key_in_wide_number", &always),
        ("constant_key_of_percpu", &before_constant_keys),
        ("constant_key_behind_end", &always),
        ("constant_key_of_sized", &before_constant_keys),
        ("other_key", &always),
        ("on_one_way", &always),
        ("not_reached", &never),
        ("tested_by_callee", &never),
    ];
    refused_by(&report, Rule::UncheckedLookup, &expected);
}

#[test]
fn the_stack_is_read_as_deep_as_it_was_written() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("depth", &catalogue, &all);
    for program in &report.programs {
        let number = report
            .programs
            .iter()
            .position(|one| one.name == program.name);
        let mut findings = report
            .findings
            .iter()
            .filter(|finding| finding.program == number);
        let is_refused =
            ["filled_on_one_way", "loaded", "name_of_sysctl"].contains(&&*program.name);
        let Some(finding) = findings.next().filter(|_| is_refused) else {
            assert_eq!(findings.next(), None, "{}", program.name);
            continue;
        };
        assert_eq!(finding.rule, Rule::UnwrittenStack, "{}", program.name);
        for kernel in report.judged.iter() {
            let it = &catalogue.kernels()[kernel];
            let effect = finding
                .cases
                .iter()
                .find(|case| case.kernels.contains(kernel));
            let effect = effect.map(|case| case.effect.clone());
            // Booted kernels of 6.1.176 refuse it, and those of 6.1.192 take it.
            let expected = (it.numbers() < [6, 1, 192]).then_some(Effect::Refused);
            assert_eq!(effect, expected, "{} on {it}", program.name);
        }
    }
}

#[test]
fn contexts_are_used_where_they_are() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("context", &catalogue, &all);

    let never = |_: &Kernel| false;
    let always = |_: &Kernel| true;
    // Verifiers learned to take it of programs whose context is not rewritten.
    let before_7_1 = |kernel: &Kernel| kernel.numbers() < [7, 1, 0];
    let expected: [(&str, IsRefused<'_>); 12] = [
        ("moved", &before_7_1),
        ("at_an_offset", &never),
        ("back_again", &never),
        ("moved_and_never_used", &never),
        ("behind_a_dead_branch", &never),
        ("a_copy", &before_7_1),
        ("registers", &before_7_1),
        ("typed", &before_7_1),
        ("packet", &always),
        ("mark", &always),
        ("event", &always),
        ("either", &before_7_1),
    ];
    refused_by(&report, Rule::ModifiedContext, &expected);
}

#[test]
fn hooks_of_security_modules_get_an_errno() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("results", &catalogue, &all);

    let never = |_: &Kernel| false;
    let since_a_check = |kernel: &Kernel| kernel.numbers() >= [6, 12, 0];
    // The bounds of a negative number are known since 6.17.
    let until_negation = |kernel: &Kernel| since_a_check(kernel) && kernel.numbers() < [6, 17, 0];
    let expected: [(&str, IsRefused<'_>); 20] = [
        ("zero", &never),
        ("errno", &until_negation),
        ("one", &since_a_check),
        ("least", &since_a_check),
        ("of_helper", &since_a_check),
        ("if_negative", &since_a_check),
        ("bounded", &never),
        ("length_of_text", &since_a_check),
        ("error_of_text", &never),
        ("from_map", &since_a_check),
        ("from_map_tested", &never),
        ("of_setting", &never),
        ("through_stack", &since_a_check),
        ("of_callee", &never),
        ("of_hook", &never),
        ("of_hook_or_own", &until_negation),
        // Told as an argument.
        ("of_argument", &never),
        ("negated", &until_negation),
        ("masked", &until_negation),
        ("of_void", &never),
    ];
    refused_by(&report, Rule::UnboundedResult, &expected);
}

/// An argument that is given is no 0 to the verifier, be it a number or a pointer.
#[test]
fn functions_get_zero_alone() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("zero_alone", &catalogue, &all);

    let never = |_: &Kernel| false;
    let always = |_: &Kernel| true;
    let expected: [(&str, IsRefused<'_>); 7] = [
        ("zero", &never),
        ("one", &always),
        ("zero_or_one", &always),
        ("of_helper", &always),
        ("what_the_function_gave", &always),
        ("an_argument", &always),
        ("zero_if_tested", &never),
    ];
    refused_by(&report, Rule::UnboundedResult, &expected);
}

#[test]
fn what_is_too_long_to_follow_is_not_known() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let report = report("too_long", &catalogue, &all);
    for kernel in report.judged.iter() {
        let it = &catalogue.kernels()[kernel];
        let expected = (it.numbers() >= [5, 14, 0]).then_some(Effect::Unknown);
        let found = effect(&report, "guarded_behind_many_sums", kernel);
        assert_eq!(found, expected, "{it}");
    }
    let mut unfollowed = report
        .findings
        .iter()
        .filter(|finding| finding.rule == Rule::UnfollowedProgram);
    let finding = unfollowed.next().unwrap();
    assert_eq!(finding.subject, "behind_many_calls");
    assert_eq!(finding.kernels(), report.judged);
    assert_eq!(unfollowed.next(), None);
    let mut programs = report.programs.iter();
    let program = programs.find(|one| one.name == "behind_many_calls");
    assert_eq!(program.unwrap().on, [(Verdict::Unknown, report.judged)]);
}
