//! `undecided`: what a kernel does with a program depends on what is not known when it is judged.

use bpf_core_catalogue::KernelSet;
use bpf_core_portability::{self as portability, Case, Effect, Verdict};

use super::difference::{self, Words, is_decided, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undecided",
    group: Group::OnKernels,
    level: Level::Warn,
    summary: "a program for which the linter cannot tell whether a supported kernel accepts it",
    page: include_str!("undecided.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    findings.extend(left_to_loader(view));
    // `loader-unsupported` says what only some loaders take.
    let is_others = |one: &&Difference| one.rule == portability::Rule::LoaderUnsupported;
    let differences = view.differences.iter();
    for one in differences.filter(|one| !is_others(one) && !is_nowhere(one)) {
        if one.rule == portability::Rule::UnfollowedProgram {
            findings.extend(difference::finding(
                RULE.name,
                (view, one),
                |_| true,
                |one| Words {
                    message: format!(
                        "{} is too long to follow, so it is not known which kernels take it",
                        subject(one)
                    ),
                    help: vec![
                        "load the program on each kernel once, and allow this finding".to_owned(),
                    ],
                },
            ));
            continue;
        }
        let known = |effect: &Effect| matches!(effect, Effect::Unknown);
        let one = &elsewhere(view, one);
        let unknown = difference::finding(
            RULE.name,
            (view, one),
            |case| !is_decided(case) && known(&case.effect),
            |one| Words {
                message: match one.rule {
                    portability::Rule::UnsupportedInstruction => format!(
                        "it is not known whether every kernel takes this instruction: {}",
                        one.subject
                    ),
                    portability::Rule::ModifiedContext | portability::Rule::UnwrittenStack => {
                        format!(
                            "it is not known whether every kernel takes this: {}",
                            one.subject
                        )
                    }
                    _ => format!("it is not known whether every kernel has {}", subject(one)),
                },
                help: vec![
                    "load the program on such a kernel once, and allow this finding".to_owned(),
                ],
            },
        );
        let depends = difference::finding(
            RULE.name,
            (view, one),
            |case| !is_decided(case) && !known(&case.effect),
            |one| Words {
                message: format!(
                    "not every kernel has {}, and a variable decides whether the program needs it",
                    subject(one)
                ),
                help: vec![
                    "have the loading program leave the variable at its default on such a kernel"
                        .to_owned(),
                ],
            },
        );
        findings.extend(unknown.into_iter().chain(depends));
    }
}

/// Whether no supported kernel has what a program is to be attached to, or the type of a relocation. Then it is attached
/// elsewhere, or nowhere: other programs may call it. The loader brings the type.
fn is_nowhere(one: &Difference) -> bool {
    let is_type = |case: &Case| case.has.starts_with("no kernel that is known has the type");
    let mut cases = one.cases.iter();
    match one.rule {
        portability::Rule::AbsentHook => cases.all(|case| case.effect == Effect::Unknown),
        portability::Rule::AbsentField => cases.all(is_type),
        _ => false,
    }
}

/// One finding about all programs of an object that need what no supported kernel has.
fn left_to_loader(view: &OnKernels) -> Option<Finding> {
    const SHOWN: usize = 3;
    let mut all = view.differences.iter().filter(|one| is_nowhere(one));
    let first = all.next()?;
    let others: Vec<&Difference> = all.collect();
    let mut whole = first.clone();
    for one in &others {
        whole.programs.extend(one.programs.iter().cloned());
    }
    whole.programs.sort();
    whole.programs.dedup();
    let words = |_: &Difference| {
        let names = std::iter::once(first).chain(others.iter().copied());
        let mut names: Vec<String> = names.take(SHOWN).map(subject).collect();
        if others.len() >= SHOWN {
            names.push(format!("{} more", others.len() + 1 - SHOWN));
        }
        Words {
            message: format!("no supported kernel has {}", names.join(", ")),
            help: vec![
                "where the loading program attaches it elsewhere or brings the type, or other programs call it, allow this finding"
                    .to_owned(),
            ],
        }
    };
    let mut found = difference::finding(RULE.name, (view, &whole), |_| true, words)?;
    for one in others {
        found.and_here(&one.span);
    }
    Some(found)
}

/// What happens on kernels that do not refuse the programs for another reason, which is told.
fn elsewhere(view: &OnKernels, one: &Difference) -> Difference {
    let programs = view.matrix.programs.iter();
    let programs = programs.filter(|program| one.programs.contains(&program.name));
    let refused = programs.map(|program| {
        let refused = program.on.iter().find(|(on, _)| *on == Verdict::Refused);
        refused.map_or_else(KernelSet::default, |(_, kernels)| kernels.clone())
    });
    let refused = refused.reduce(|all, other| all.intersection(&other));
    let refused = refused.unwrap_or_default();
    let mut one = one.clone();
    for case in one.cases.iter_mut().filter(|case| !is_decided(case)) {
        case.kernels = case.kernels.difference(&refused);
    }
    one.cases.retain(|case| !case.kernels.is_empty());
    one
}
