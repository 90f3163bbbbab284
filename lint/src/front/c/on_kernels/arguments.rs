//! Compares the parameters of `BPF_PROG` and `BPF_KPROBE` with what the supported kernels pass.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use bpf_core_kernel_facts::flavour::essential_name;

use super::super::view::{Function, View};
use crate::front::arguments::{self, Attached, Meant, Taken};
use crate::front::kernels;
use crate::known::Supported;

/// Adds the parameters that some kernels pass and others do not.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut programs: HashMap<Attached, usize> = HashMap::new();
    for attached in view.functions.iter().filter_map(attached) {
        *programs.entry(attached).or_default() += 1;
    }
    let mut moved = Vec::new();
    for function in &view.functions {
        // Of several programs on one function, the loader takes the one that fits.
        let attached = attached(function).filter(|attached| programs[attached] == 1);
        let Some(attached) = attached else { continue };
        for (number, param) in function.params.iter().skip(1).enumerate() {
            if param.is_used && param.is_pointer {
                let taken = Taken {
                    span: param.span.clone(),
                    name: param.name.to_string(),
                    number,
                    meant: match &param.record {
                        Some(record) => Meant::Record(essential_name(&record.name).to_owned()),
                        None => Meant::Pointer,
                    },
                };
                let all = supported.kernels();
                moved.extend(arguments::compare(taken, &attached, all, supported)?);
            }
        }
    }
    let mut seen = HashSet::new();
    for taken in &view.taken {
        let attached = attached_raw(&view.functions[taken.function]);
        let attached = attached.filter(|attached| programs_on(view, attached) == 1);
        let Some(attached) = attached else { continue };
        let all = supported.kernels().clone();
        let kernels = kernels::holding(taken.guards.iter(), all, supported)?;
        let record = essential_name(&taken.record.name).to_owned();
        if kernels.is_empty() || record.is_empty() {
            continue;
        }
        let meant = Taken {
            span: taken.span.clone(),
            name: taken.name.to_string(),
            number: taken.number,
            meant: Meant::Record(record.clone()),
        };
        let found = arguments::compare(meant, &attached, &kernels, supported)?;
        if let Some(found) = found
            && seen.insert((taken.function, taken.number, record))
        {
            moved.push(found);
        }
    }
    view.moved = moved;
    Ok(())
}

/// The function or tracepoint that a program is on.
fn attached_raw(function: &Function) -> Option<Attached> {
    Attached::of(&function.program()?, "")
}

/// How many programs of the file are on it.
fn programs_on(view: &View, attached: &Attached) -> usize {
    let all = view.functions.iter().filter_map(attached_raw);
    all.filter(|one| one == attached).count()
}

/// The function or tracepoint whose arguments the parameters are.
fn attached(function: &Function) -> Option<Attached> {
    let made_by = function.made_by.as_deref()?;
    let attached = Attached::of(&function.program()?, "")?;
    let is_probe = attached.is_probe;
    match made_by {
        "BPF_KPROBE" if is_probe => Some(attached),
        "BPF_PROG" if !is_probe => Some(attached),
        _ => None,
    }
}
