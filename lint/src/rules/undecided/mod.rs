//! `undecided`: what a kernel does with a program depends on what is not known when it is judged.

use bpf_core_portability::{self as portability, Effect};

use super::difference::{self, Words, is_decided, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::OnKernels;

/// The rule.
pub static RULE: Rule = Rule {
    name: "undecided",
    group: Group::OnKernels,
    level: Level::Warn,
    summary: "a program of which it is not known whether a supported kernel takes it",
    page: include_str!("undecided.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    for one in &view.differences {
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
        let unknown = difference::finding(
            RULE.name,
            (view, one),
            |case| !is_decided(case) && known(&case.effect),
            |one| Words {
                message: format!("it is not known whether every kernel has {}", subject(one)),
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
