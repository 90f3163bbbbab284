//! Programs whose hooks are not on all supported kernels.

use std::rc::Rc;

use anyhow::Result;
use bpf_core_kernel_facts::Program;

use super::super::view::{AbsentHook, View};
use crate::known::{Guard, Hooked, Question, Supported, is_choice};

/// Adds them to the view. Where two programs are on hooks that are on each other's missing kernels, a loader has to
/// choose one anyway. `related` gives the sections of other files that are for the same.
pub(super) fn answer(
    view: &mut View,
    related: &dyn Fn() -> Vec<String>,
    supported: &Supported<'_>,
) -> Result<()> {
    // The loader creates a `struct_ops` map only where the kernel has the type.
    let types = view.struct_ops.iter().map(|name| Guard {
        question: Question::Type(Rc::clone(name)).into(),
        exists: true,
    });
    let types: Vec<Guard> = types.collect();
    let mut all: Vec<(usize, &str, Hooked)> = Vec::new();
    for (index, function) in view.functions.iter().enumerate() {
        let section = function.section.as_deref().unwrap_or_default();
        // libbpf does not load such a program unless it is told to.
        let is_optional = section.starts_with('?');
        if let Some(program) = function.program().filter(|_| !is_optional) {
            all.push((index, section, supported.hooked(&program, &types)?));
        }
    }
    if all.iter().all(|(_, _, hooked)| hooked.lacks.is_empty()) {
        return Ok(());
    }
    let related = related();
    let mut others = Vec::new();
    for section in &related {
        if let Some(program) = Program::of_section(section) {
            others.push((section.as_str(), supported.hooked(&program, &types)?));
        }
    }
    let mut found = Vec::new();
    for (function, section, hooked) in &all {
        let of_file = all.iter().map(|(_, section, other)| (*section, other));
        let others = others.iter().map(|(section, other)| (*section, other));
        let mut others = others.chain(of_file);
        let has_other = others
            .any(|(other_section, other)| is_choice((section, hooked), (other_section, other)));
        if !hooked.lacks.is_empty() && !has_other {
            found.push(AbsentHook {
                function: *function,
                hook: (*section).to_owned(),
                kernels: hooked.kernels.clone(),
            });
        }
    }
    view.hooks = found;
    Ok(())
}
