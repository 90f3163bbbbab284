//! Compares the arguments that programs take with what the supported kernels pass.

use std::collections::HashMap;

use anyhow::Result;
use bpf_core_catalogue::KernelSet;

use super::ways;
use crate::front::arguments::{self, Attached, Meant, MovedArgument, Taken};
use crate::front::kernels;
use crate::front::rust::facts::{Facts, StructKind};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{ContextPart, ContextUse, Crate, Function, Origin};
use crate::known::Supported;

/// The arguments that are not the same on all kernels where they are taken.
pub(super) fn moved(krate: &Crate, supported: &Supported<'_>) -> Result<Vec<MovedArgument>> {
    let mut programs: HashMap<Attached, usize> = HashMap::new();
    for attached in krate.functions.iter().filter_map(attached) {
        *programs.entry(attached).or_default() += 1;
    }
    let mut moved = Vec::new();
    for (index, function) in krate.functions.iter().enumerate() {
        for used in &function.contexts {
            let ContextPart::Argument(Some(number), ty) = &used.what else {
                continue;
            };
            let Ok(number) = usize::try_from(*number) else {
                continue;
            };
            let kernels = kernels_at(krate, index, used, supported)?;
            let meant = meant(&krate.facts, given_type(krate, index, used).unwrap_or(ty));
            for &program in &krate.programs[index] {
                // Of several programs on one function, the loader takes the one that fits.
                let attached = attached(&krate.functions[program]);
                let Some(attached) = attached.filter(|attached| programs[attached] == 1) else {
                    continue;
                };
                let taken = Taken {
                    span: function.span(&used.span),
                    name: match used.context.as_str() {
                        "pt_regs" => format!("pt_regs_parm::<{}, _>", number + 1),
                        _ => format!("ctx.arg({number})"),
                    },
                    number,
                    meant: meant.clone(),
                };
                if let Some(found) = arguments::compare(taken, &attached, &kernels, supported)? {
                    moved.push(found);
                    break;
                }
            }
        }
    }
    Ok(moved)
}

fn attached(function: &Function) -> Option<Attached> {
    let program = function.program.as_ref()?;
    Attached::of(&program.facts(), &function.name)
}

/// The kernels on which a program comes to a use of its context.
fn kernels_at(
    krate: &Crate,
    index: usize,
    used: &ContextUse,
    supported: &Supported<'_>,
) -> Result<KernelSet> {
    let mut all = KernelSet::default();
    for way in ways(krate, index) {
        let guards = used.guards.iter().chain(&way);
        let set = kernels::holding(guards, supported.kernels().clone(), supported)?;
        all = all.union(&set);
    }
    Ok(all)
}

/// The type of the parameter that takes an argument, where nothing else tells its type.
fn given_type<'k>(krate: &'k Crate, index: usize, used: &ContextUse) -> Option<&'k Ty> {
    let calls = krate.functions[index].calls.iter();
    let mut found = calls.filter_map(|call| {
        let is_it = |value: &&crate::front::rust::view::Value| {
            matches!(value.origin, Origin::Argument(_))
                && value.ty == Ty::Unknown
                && value.source.as_ref() == Some(&used.span)
        };
        let at = call.args.iter().position(|value| is_it(&value))?;
        let callee = krate.callee(index, &call.callee)?;
        krate.functions[callee].params.get(at)
    });
    found.next()
}

/// The kernel's struct that a type points to.
fn meant(facts: &Facts, ty: &Ty) -> Meant {
    let Some(Ty::Named(name, bound)) = ty.pointee() else {
        return Meant::Any;
    };
    match facts.structs.get(name) {
        Some(declared) if declared.kind != StructKind::Own => {
            Meant::Record(declared.kernel_name.clone())
        }
        None if facts.is_kernel(name, *bound) => Meant::Record(name.clone()),
        _ => Meant::Any,
    }
}
