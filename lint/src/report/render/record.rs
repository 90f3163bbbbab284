//! The report on an object as a line of JSON.

use std::collections::HashMap;

use bpf_core_catalogue::KernelSet;
use bpf_core_portability::Verdict;

use super::{Page, severity};
use crate::front::object::Matrix;
use crate::report::record::{
    CaseOn, FindingOn, KernelName, ProgramOn, REASON, Record, VERSION, VerdictOn, variable, word,
};
use crate::report::sink::Report;
use crate::rules::finding::On;

/// What is known of one object.
pub(super) fn of(page: &mut Page, matrix: &Matrix, reports: &[Report]) -> Record {
    let listed: Vec<usize> = matrix.kernels.iter().collect();
    let places = listed.iter().enumerate().map(|(place, at)| (*at, place));
    let places: HashMap<usize, usize> = places.collect();
    let numbers = |set: &KernelSet| -> Vec<usize> {
        set.iter()
            .filter_map(|at| places.get(&at).copied())
            .collect()
    };
    let programs = matrix.programs.iter().map(|program| {
        let verdicts = program.on.iter().map(|(verdict, set)| VerdictOn {
            verdict: word(*verdict).to_owned(),
            kernels: numbers(set),
        });
        ProgramOn {
            name: program.name.clone(),
            section: program.section.clone(),
            verdicts: verdicts.filter(|one| !one.kernels.is_empty()).collect(),
        }
    });
    let mut findings = Vec::new();
    for report in reports {
        if let Some(on) = report.on(&matrix.object) {
            findings.push(finding(page, report, on, numbers));
        }
    }
    Record {
        reason: REASON.to_owned(),
        version: VERSION,
        object: page.shown(&matrix.object).to_owned(),
        loader: matrix.loader.clone(),
        kernels: listed
            .iter()
            .map(|at| KernelName::from(&page.kernels[*at]))
            .collect(),
        programs: programs.collect(),
        findings,
    }
}

fn finding(
    page: &mut Page,
    report: &Report,
    on: &On,
    numbers: impl Fn(&KernelSet) -> Vec<usize>,
) -> FindingOn {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let cases = on.cases.iter().map(|case| CaseOn {
        verdict: word(Verdict::from(&case.effect)).to_owned(),
        variable: variable(&case.effect),
        has: case.has.clone(),
        kernels: numbers(&case.kernels),
    });
    FindingOn {
        rule: finding.rule.to_owned(),
        level: severity(report.level).to_owned(),
        message: finding.message.clone(),
        subject: on.subject.clone(),
        programs: on.programs.clone(),
        line: page.line(span),
        file: page.shown(span.source.path()).to_owned(),
        help: finding.help.clone(),
        cases: cases.collect(),
    }
}
