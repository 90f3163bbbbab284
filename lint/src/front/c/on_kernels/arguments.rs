//! Compares the parameters of `BPF_PROG` and `BPF_KPROBE` with what the supported kernels pass.

use std::collections::HashMap;

use anyhow::Result;
use bpf_core_catalogue::{KernelSet, NameSpace, Prototype, TypeRef};
use bpf_core_kernel_facts::Program;
use bpf_core_kernel_facts::flavour::essential_name;

use super::super::view::{Function, MovedArgument, Param, View};
use crate::known::{Hook, Supported};

/// Adds the parameters that some kernels pass and others do not.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut programs: HashMap<Hook, usize> = HashMap::new();
    for hook in view.functions.iter().filter_map(hook) {
        *programs.entry(hook).or_default() += 1;
    }
    let mut moved = Vec::new();
    for function in &view.functions {
        let Some(hook) = hook(function) else { continue };
        // Of several programs on one function, the loader takes the one that fits.
        if programs[&hook] > 1 {
            continue;
        }
        let versions = supported.prototypes(&hook)?;
        for (number, param) in function.params.iter().skip(1).enumerate() {
            if param.is_used && param.is_pointer {
                moved.extend(compare(param, number, &hook, &versions, supported));
            }
        }
    }
    view.moved = moved;
    Ok(())
}

/// The function or tracepoint whose arguments the parameters are.
fn hook(function: &Function) -> Option<Hook> {
    let made_by = function.made_by.as_deref()?;
    let program = function.program()?;
    let (name, kind) = (program.name().to_owned(), kind(&program));
    if name.is_empty() || name.contains('*') {
        return None;
    }
    match (made_by, kind) {
        ("BPF_PROG", "fentry" | "fexit" | "fmod_ret" | "fsession") => Some(Hook::Function(name)),
        ("BPF_KPROBE", "kprobe") if !program.is_on_system_call() => Some(Hook::Function(name)),
        ("BPF_PROG", "lsm") => Some(Hook::Function(format!("bpf_lsm_{name}"))),
        ("BPF_PROG", "tp_btf" | "raw_tp" | "raw_tracepoint") => Some(Hook::Tracepoint(name)),
        _ => None,
    }
}

fn kind(program: &Program<'_>) -> &'static str {
    let name = program.section.name;
    let end = name.find(['.', '+', '/']).unwrap_or(name.len());
    &name[..end]
}

fn compare(
    param: &Param,
    number: usize,
    hook: &Hook,
    versions: &[(Prototype, KernelSet)],
    supported: &Supported<'_>,
) -> Option<MovedArgument> {
    let meant = essential_name(&param.record.as_ref()?.name).to_owned();
    let mut fits = KernelSet::default();
    let mut others: Vec<(String, KernelSet)> = Vec::new();
    for (prototype, kernels) in versions {
        let given = match prototype.parameters.get(number) {
            Some((name, of)) => match pointee(of) {
                Some(record) if essential_name(record) == meant => {
                    fits = fits.union(kernels);
                    continue;
                }
                // What is behind `void *` and typedefs is not known.
                None if !is_number(of) => return None,
                _ => format!("`{of} {name}`"),
            },
            None if number == prototype.parameters.len() => "the result".to_owned(),
            None => "no such argument".to_owned(),
        };
        match others.iter_mut().find(|(other, _)| *other == given) {
            Some((_, all)) => *all = all.union(kernels),
            None => others.push((given, kernels.clone())),
        }
    }
    if fits.is_empty() || others.is_empty() {
        return None;
    }
    let judged = others.iter().fold(fits, |all, (_, set)| all.union(set));
    let others = others
        .into_iter()
        .map(|(given, set)| (given, supported.words(&judged, &set)));
    Some(MovedArgument {
        span: param.span.clone(),
        name: param.name.clone(),
        number: number + 1,
        target: hook.to_string(),
        others: others.collect(),
    })
}

/// The struct that a type points to.
fn pointee(of: &TypeRef) -> Option<&str> {
    match bare(of) {
        TypeRef::Pointer(to) => match bare(to) {
            TypeRef::Named {
                space: NameSpace::Struct | NameSpace::Union,
                name,
                ..
            } => Some(name),
            TypeRef::Forward { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn is_number(of: &TypeRef) -> bool {
    matches!(
        bare(of),
        TypeRef::Named {
            space: NameSpace::Int | NameSpace::Enum,
            ..
        }
    )
}

fn bare(mut of: &TypeRef) -> &TypeRef {
    while let TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) = of {
        of = to;
    }
    of
}
