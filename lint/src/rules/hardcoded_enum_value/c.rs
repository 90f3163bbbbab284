//! `hardcoded-enum-value` in C files.

use std::rc::Rc;

use bpf_core_kernel_facts::enumerators::{Enum, enum_of};

use crate::front::c::view::{Enumerator, View};
use crate::known::Question;
use crate::rules::Finding;
use crate::rules::words::several;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    check_elements(view, findings);
    let mut choices = super::Choices::default();
    for used in &view.enumerators {
        let (name, of) = (&used.name, &used.of);
        let found = super::finding(&used.span, name);
        if used.values.len() > 1 {
            if is_fallback(used) {
                continue;
            }
            let found = found.note(several(name, &used.values));
            match enum_of(name) {
                Some(Enum::Named(of_kernel)) if of.is_empty() => {
                    let found = found.help(format!(
                        "declare it in `enum {of_kernel}`, as the kernel does, and use \
                         `bpf_core_enum_value(enum {of_kernel}, {name})`"
                    ));
                    choices.add(found, of_kernel);
                }
                _ => {
                    let cure = format!("use `bpf_core_enum_value(enum {of}, {name})`");
                    choices.add(found.help(cure), of);
                }
            }
        } else if let Some(Enum::Unnamed) = enum_of(name)
            && used.value != 0
        {
            let found = found
                .note(super::UNNAMED)
                .help("hand the value over in a `const volatile` variable, which the loader sets");
            findings.push(found);
        }
    }
    findings.extend(choices.into_findings());
}

/// Elements that are taken by the number that one kernel's configuration counted to.
fn check_elements(view: &View, findings: &mut Vec<Finding>) {
    // The first one is there whatever the kernel is made with.
    for element in view.elements.iter().filter(|element| element.number > 0) {
        let (number, array, of) = (element.number, &element.array, element.of);
        let message = format!("element `{number}` of `{array}` is taken by its number");
        let found = Finding::new(super::RULE.name, element.span.clone(), message)
            .label(format!(
                "`enum {of}` counts the elements, and the kernel's configuration makes it"
            ))
            .help(format!("use `bpf_core_enum_value(enum {of}, ..)`"));
        findings.push(found);
    }
}

/// Whether the number is for a kernel that has no such enumerator.
fn is_fallback(used: &Enumerator) -> bool {
    let asked = |name: &Rc<str>| *name == used.name;
    used.guards
        .iter()
        .any(|guard| matches!(&*guard.question, Question::Enumerator(_, name) if asked(name)))
}
