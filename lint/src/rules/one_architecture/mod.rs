//! `one-architecture`: a build or a program names one architecture, and nothing chooses it.

use std::collections::BTreeMap;

use bpf_core_kernel_facts::context::architecture_of_register;

use super::{Finding, Group, Level, Rule};
use crate::front::manifest::Commands;
use crate::front::rust::Crate;
use crate::front::rust::view::ContextPart;
use crate::span::Span;

mod c;

/// The rule.
pub static RULE: Rule = Rule {
    name: "one-architecture",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a program that is built for one architecture whatever machine it is for",
    page: include_str!("one-architecture.md"),
    commands: Some(in_build),
    c: Some(c::check),
    rust: Some(in_rust),
    ..Rule::BARE
};

fn in_build(view: &Commands, findings: &mut Vec<Finding>) {
    // All commands of a file name one architecture: two would be a choice.
    let Some(((span, name), others)) = view.fixed.split_first() else {
        return;
    };
    let message = format!("`-D__TARGET_ARCH_{name}` is fixed in the build");
    let mut found = Finding::new(RULE.name, span.clone(), message)
        .label("on another machine the program reads the wrong registers")
        .help("take the architecture from the target of the build");
    for (other, _) in others {
        found.and_here(other);
    }
    findings.push(found);
}

fn in_rust(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        // A process may have another convention of calls, as Go has.
        if krate.is_user_probe(index) || krate.is_for_one_architecture(index) {
            continue;
        }
        // One cure is for all registers of a function.
        let mut of_function: BTreeMap<&str, Finding> = BTreeMap::new();
        for used in &function.contexts {
            if let ContextPart::Register(name) = &used.what
                && let Some(architecture) = architecture_of_register(name)
            {
                let span = function.span(&used.span);
                let found = match of_function.remove(architecture) {
                    Some(found) => found.also(span, format!("and `{name}`")),
                    None => register(&span, name, architecture).help(
                        "take an argument with `ctx.arg(n)`, or a register with `pt_regs_parm` and its \
                         kin of `bpf_core::registers`",
                    ),
                };
                of_function.insert(architecture, found);
            }
        }
        findings.extend(of_function.into_values());
    }
}

/// The finding about a register by its name.
fn register(span: &Span, name: &str, architecture: &str) -> Finding {
    let message = format!("`{name}` of `pt_regs` is a register of {architecture} alone");
    Finding::new(RULE.name, span.clone(), message)
        .label("another machine has its arguments elsewhere")
}
