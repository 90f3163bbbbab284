//! `moved-argument`: a program reads an argument that a kernel has at another place.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::arguments::MovedArgument;
use crate::front::object::{Difference, OnKernels};

/// What to do, in all languages.
const CURE: &str = "attach to a function or tracepoint whose arguments stay, or write a second program for \
                    the other arguments and load the one that fits";

/// How each language spells the first argument. Findings count from 1 in both.
const IN_C: &str = "`PT_REGS_PARM1(ctx)` and `ctx[0]` are argument 1";
const IN_RUST: &str = "`ctx.arg(0)` and `pt_regs_parm::<1, _>` are argument 1";

/// The rule.
pub static RULE: Rule = Rule {
    name: "moved-argument",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "an argument that a supported kernel has at another place, of another type, or not at all",
    page: include_str!("moved-argument.md"),
    c: Some(|view, findings| {
        findings.extend(view.moved.iter().map(|moved| in_source(moved, IN_C)));
    }),
    rust: Some(|krate, findings| {
        findings.extend(krate.moved.iter().map(|moved| in_source(moved, IN_RUST)));
    }),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::MovedArgument), findings, words);
}

fn words(one: &Difference) -> Words {
    Words {
        message: format!("{} is not the same on every kernel", subject(one)),
        help: vec![CURE.to_owned()],
    }
}

/// The finding about an argument in a source.
fn in_source(moved: &MovedArgument, counted: &str) -> Finding {
    let (name, number, target) = (&moved.name, moved.number, &moved.target);
    if moved.is_nowhere {
        let message =
            format!("`{name}`: {target} has no argument {number} on any supported kernel");
        let found = Finding::new(RULE.name, moved.span.clone(), message);
        return found.help(format!("take an argument that it has: {counted}"));
    }
    let message =
        format!("`{name}`, argument {number} of {target}, is not the same on every kernel");
    let others = moved.others.iter();
    let others = others.map(|(given, kernels)| format!("{given} on {kernels}"));
    let others = others.collect::<Vec<_>>().join("; ");
    Finding::new(RULE.name, moved.span.clone(), message)
        .label("some supported kernels pass something else")
        .note(format!("in its place there is {others}"))
        .help(CURE)
}
