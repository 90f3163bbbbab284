//! Arguments that kernels have at other places, of other types, or not at all.

use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Report, Rule, Verdict};

use crate::{before, judge_attached, since, works_everywhere, works_on};

const ARGUMENTS: &[u8] = include_bytes!("arguments.bpf.o");

fn moved(verdict: Verdict, subject: &str) -> (Verdict, Rule, &str) {
    (verdict, Rule::MovedArgument, subject)
}

/// What is said of a subject.
fn said<'r>(report: &'r Report, subject: &str) -> Vec<&'r str> {
    let about = report.findings.iter().filter(|one| one.subject == subject);
    let cases = about.flat_map(|one| &one.cases);
    cases.map(|case| case.has.as_str()).collect()
}

#[test]
fn arguments_that_stay_are_silent() {
    let report = judge_attached(ARGUMENTS);
    works_everywhere(&report, "same");
    // Debian's 5.10 has the change of 5.11.
    works_everywhere(&report, "first");
}

#[test]
fn the_verifier_refuses_to_load_an_argument_that_is_not_there() {
    let report = judge_attached(ARGUMENTS);
    let subject = "argument 2 of tracepoint block_rq_issue";
    works_on(
        &report,
        "second",
        |_| false,
        moved(Verdict::Refused, subject),
    );
    let said = said(&report, subject);
    assert!(
        said.contains(&"it has `void (struct request *)`"),
        "{said:?}"
    );
    let subject = "argument 2 of function wake_up_new_task";
    works_on(
        &report,
        "no_result",
        |_| false,
        moved(Verdict::Refused, subject),
    );
}

/// Arguments of a raw tracepoint are counted when the program is attached.
#[test]
fn a_raw_tracepoint_takes_no_program_that_reads_too_many() {
    let report = judge_attached(ARGUMENTS);
    let subject = "argument 2 of tracepoint block_rq_issue";
    works_on(
        &report,
        "counted",
        |_| false,
        moved(Verdict::NotAttached, subject),
    );
}

#[test]
fn the_result_stands_behind_the_arguments() {
    let report = judge_attached(ARGUMENTS);
    let program = report
        .programs
        .iter()
        .find(|one| one.name == "result")
        .unwrap();
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        let expected = match it.numbers() {
            [..6, ..] | [6, ..10, _] => Verdict::Refused,
            [6, ..19, _] => Verdict::Works,
            _ => Verdict::WrongValue,
        };
        assert_eq!(program.on(kernel), Some(expected), "{it}");
    }
    assert_eq!(
        said(&report, "argument 3 of function filemap_alloc_folio_noprof"),
        ["it has `struct folio * (gfp_t gfp, unsigned int order, struct mempolicy *policy)`"]
    );
}

/// The object is for amd64: on arm64 these registers hold no argument.
fn amd64(works: impl Fn(&Kernel) -> bool) -> impl Fn(&Kernel) -> bool {
    move |kernel| kernel.architecture != "amd64" || works(kernel)
}

#[test]
fn arguments_in_registers() {
    let report = judge_attached(ARGUMENTS);
    let subject = "argument 2 of function vfs_unlink";
    let wrong = || moved(Verdict::WrongValue, subject);
    works_on(&report, "unaware", amd64(before(5, 12)), wrong());
    // It asks for a field of another struct, which Linux 6.18 renamed.
    works_on(&report, "aware", amd64(before(6, 18)), wrong());
    assert!(since(6, 18)(report.kernels.last().unwrap()));
}

#[test]
fn a_struct_that_was_renamed_is_the_same_argument() {
    let report = judge_attached(ARGUMENTS);
    let subject = "argument 2 of function tcp_v4_connect";
    works_on(
        &report,
        "renamed",
        |_| true,
        moved(Verdict::WrongValue, subject),
    );
}
