//! The arguments that programs take, and what the supported kernels pass.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;
use bpf_core_catalogue::KernelSet;

use super::ways;
use crate::front::facts::Argument;
use crate::front::rust::facts::{Facts, StructKind};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{
    ArgumentUse, ContextPart, ContextUse, Crate, Function, Origin, Value,
};
use crate::known::{Attached, Meant, Supported};

/// The uses of arguments, each with the arguments of the programs that come to it.
pub(super) fn taken(krate: &Crate, supported: &Supported<'_>) -> Result<Vec<ArgumentUse>> {
    let alternatives = alternatives(krate);
    let mut uses = Vec::new();
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
            let mut of_programs = Vec::new();
            for &program in &krate.programs[index] {
                let Some(attached) = attached(&krate.functions[program]) else {
                    continue;
                };
                of_programs.push(Argument {
                    span: function.span(&used.span),
                    name: match used.context.as_str() {
                        "pt_regs" => format!("pt_regs_parm::<{}, _>", number + 1),
                        _ => format!("ctx.arg({number})"),
                    },
                    number,
                    has_alternative: alternatives.contains(&attached),
                    meant: meant.clone(),
                    passed: supported.passed((&attached, number), &meant, &kernels)?,
                    is_elsewhere: supported.passed_elsewhere(
                        (&attached, number),
                        &meant,
                        &kernels,
                    )?,
                    hook: attached.hook,
                });
            }
            uses.push(ArgumentUse {
                is_in_branch: used.is_in_branch,
                of_programs,
            });
        }
    }
    Ok(uses)
}

/// The struct that an argument of the programs points to, if all kernels and all programs agree.
pub(super) fn record(
    krate: &Crate,
    index: usize,
    value: &Value,
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    let Origin::Argument(number) = krate.origin(index, value) else {
        return Ok(None);
    };
    let Ok(number) = number.map(usize::try_from).transpose() else {
        return Ok(None);
    };
    let mut records = BTreeSet::new();
    for &program in &krate.programs[index] {
        let Some(attached) = attached(&krate.functions[program]) else {
            return Ok(None);
        };
        for (prototype, _) in supported.prototypes(&attached.hook)? {
            records.insert(attached.record(&prototype, number).map(str::to_owned));
        }
    }
    let one = records.pop_first().flatten();
    Ok(one.filter(|_| records.is_empty()))
}

/// What several programs are attached to that take different arguments: the loader takes the program that fits.
fn alternatives(krate: &Crate) -> HashSet<Attached> {
    let mut programs: HashMap<Attached, HashSet<Vec<i64>>> = HashMap::new();
    for (index, program) in krate.functions.iter().enumerate() {
        if let Some(attached) = attached(program) {
            let taken = krate.parts_of(index).into_iter().flat_map(|part| {
                let uses = krate.functions[part].contexts.iter();
                uses.filter_map(|used| match used.what {
                    ContextPart::Argument(number, _) => number,
                    _ => None,
                })
            });
            let taken: BTreeSet<i64> = taken.collect();
            let of_hook = programs.entry(attached).or_default();
            of_hook.insert(taken.into_iter().collect());
        }
    }
    let several = programs.into_iter().filter(|(_, taken)| taken.len() > 1);
    several.map(|(attached, _)| attached).collect()
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
        let set = supported.holding(guards, supported.kernels().clone())?;
        all = all.union(&set);
    }
    Ok(all)
}

/// The type of the parameter that takes an argument, where nothing else tells its type.
fn given_type<'k>(krate: &'k Crate, index: usize, used: &ContextUse) -> Option<&'k Ty> {
    let calls = krate.functions[index].calls.iter();
    let mut found = calls.filter_map(|call| {
        let is_it = |value: &&Value| {
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
