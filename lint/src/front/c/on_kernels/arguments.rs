//! What the supported kernels pass as the parameters of `BPF_PROG` and `BPF_KPROBE`, and as `ctx[0]`.

use std::collections::HashMap;

use anyhow::Result;
use bpf_core_kernel_facts::flavour::essential_name;

use super::super::view::{Function, Param, TakenFor, View};
use crate::front::facts::Argument;
use crate::known::{Attached, Given, Meant, Passed, Supported};

/// Adds the arguments to the view.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut found = parameters(view, supported)?;
    for taken in &view.taken {
        let Some(attached) = attached(&view.functions[taken.function]) else {
            continue;
        };
        let all = supported.kernels().clone();
        let kernels = supported.holding(taken.guards.iter(), all)?;
        let record = essential_name(&taken.record.name);
        if record.is_empty() {
            continue;
        }
        let meant = Meant::Record(record.to_owned());
        found.push(Argument {
            span: taken.span.clone(),
            name: taken.name.to_string(),
            number: taken.number,
            has_alternative: has_other(view, taken, &attached),
            passed: supported.passed((&attached, taken.number), &meant, &kernels)?,
            is_elsewhere: supported.passed_elsewhere(
                (&attached, taken.number),
                &meant,
                &kernels,
            )?,
            hook: attached.hook,
            meant,
        });
    }
    view.arguments = found;
    Ok(())
}

/// Whether a loader can take another program for the same, one that does not take the argument as this one does.
fn has_other(view: &View, taken: &TakenFor, attached: &Attached) -> bool {
    let is_alike = |one: &TakenFor, function: usize| {
        (one.function, one.number, &one.record.name) == (function, taken.number, &taken.record.name)
    };
    let others = view.functions.iter().enumerate();
    let mut others = others.filter(|(index, _)| *index != taken.function);
    others.any(|(index, other)| {
        self::attached(other).as_ref() == Some(attached)
            && !view.taken.iter().any(|one| is_alike(one, index))
    })
}

/// The parameters that are pointers, and those that stand for the result on some kernels.
fn parameters(view: &View, supported: &Supported<'_>) -> Result<Vec<Argument>> {
    let mut programs: HashMap<Attached, usize> = HashMap::new();
    for attached in view.functions.iter().filter_map(attached_of_macro) {
        *programs.entry(attached).or_default() += 1;
    }
    let mut found = Vec::new();
    for function in &view.functions {
        let Some(attached) = attached_of_macro(function) else {
            continue;
        };
        for (number, param) in function.params.iter().skip(1).enumerate() {
            if !param.is_used {
                continue;
            }
            let meant = meant(param);
            let passed = supported.passed((&attached, number), &meant, supported.kernels())?;
            // A number may be anything, but not the result on one kernel and an argument on another, and not what no
            // kernel passes.
            let is_result = |one: &Passed| one.given == Given::Result;
            let is_nothing = |one: &Passed| one.given == Given::Nothing;
            let is_nowhere = !passed.is_empty() && passed.iter().all(is_nothing);
            if !param.is_pointer && !is_nowhere && !passed.iter().any(is_result) {
                continue;
            }
            found.push(Argument {
                span: param.span.clone(),
                name: param.name.to_string(),
                number,
                has_alternative: programs[&attached] > 1,
                passed,
                is_elsewhere: false,
                hook: attached.hook.clone(),
                meant,
            });
        }
    }
    Ok(found)
}

/// What a parameter is, if it is a pointer.
fn meant(param: &Param) -> Meant {
    match &param.record {
        Some(record) => Meant::Record(essential_name(&record.name).to_owned()),
        None if param.is_pointer => Meant::Pointer,
        None => Meant::Any,
    }
}

/// The function or tracepoint that a program is on.
fn attached(function: &Function) -> Option<Attached> {
    Attached::of(&function.program()?, "")
}

/// The function or tracepoint whose arguments the parameters are.
fn attached_of_macro(function: &Function) -> Option<Attached> {
    let of_wrapper = || {
        // Behind other parameters than the registers, none is right.
        let record = function.params.get(1)?.record.as_ref()?;
        let takes_registers = &*record.name == "pt_regs";
        takes_registers.then(|| Attached::of_wrapper(&function.program()?))?
    };
    let attached = attached(function).or_else(of_wrapper)?;
    match function.made_by.as_deref()? {
        "BPF_KPROBE" if attached.is_probe => Some(attached),
        "BPF_PROG" if !attached.is_probe => Some(attached),
        _ => None,
    }
}
