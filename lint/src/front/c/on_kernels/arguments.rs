//! Compares the parameters of `BPF_PROG` and `BPF_KPROBE` with what the supported kernels pass.

use std::collections::HashMap;

use anyhow::Result;
use bpf_core_kernel_facts::flavour::essential_name;

use super::super::view::{Function, View};
use crate::front::arguments::{self, Attached, Meant, Taken};
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
    view.moved = moved;
    Ok(())
}

/// The function or tracepoint whose arguments the parameters are.
fn attached(function: &Function) -> Option<Attached> {
    let made_by = function.made_by.as_deref()?;
    let attached = Attached::of(&function.program()?, "")?;
    let is_probe = attached.kind == "kprobe";
    match made_by {
        "BPF_KPROBE" if is_probe => Some(attached),
        "BPF_PROG" if !is_probe => Some(attached),
        _ => None,
    }
}
