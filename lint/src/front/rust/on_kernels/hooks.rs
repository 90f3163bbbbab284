//! What programs are attached to, where some supported kernels lack it.

use std::path::Path;

use anyhow::Result;
use bpf_core_kernel_facts::Program;

use crate::front::rust::loader::{Attachment, Loaders};
use crate::front::rust::view::{AbsentHook, Crate};
use crate::known::{Hooked, Supported, is_choice};
use crate::span::Span;

/// A hook, and whether a program needs it.
struct Named<'a> {
    attribute: &'a str,
    target: &'a str,
    program: &'a str,
    span: Span,
    is_needed: bool,
}

/// The hooks that the attributes of a crate's programs name, and no loader of the project: that one is judged itself.
pub(in crate::front::rust) fn of_programs(
    krate: &Crate,
    loaders: &Loaders,
    supported: &Supported<'_>,
) -> Result<Vec<AbsentHook>> {
    let mut all = Vec::new();
    for function in &krate.functions {
        let Some(program) = function.program.as_ref() else {
            continue;
        };
        all.push(Named {
            attribute: &program.kind,
            target: &program.target,
            program: &function.name,
            span: function.span(&function.at),
            is_needed: !loaders.names(&function.name, &program.target),
        });
    }
    absent(&all, (loaders, false), supported)
}

/// The hooks that a loader attaches programs to, and cannot do without.
pub(in crate::front::rust) fn of_loader(
    attachments: &[Attachment],
    loaders: &Loaders,
    supported: &Supported<'_>,
) -> Result<Vec<AbsentHook>> {
    let all = attachments.iter().map(|one| Named {
        attribute: one.attribute,
        target: &one.target,
        program: one.program.as_deref().unwrap_or_default(),
        span: Span::new(&one.path, one.at.clone()),
        is_needed: one.is_required,
    });
    absent(&all.collect::<Vec<_>>(), (loaders, true), supported)
}

fn absent(
    all: &[Named<'_>],
    (loaders, is_of_loader): (&Loaders, bool),
    supported: &Supported<'_>,
) -> Result<Vec<AbsentHook>> {
    let mut judged: Vec<Hooked> = Vec::new();
    for one in all {
        let program = Program::of_attribute(one.attribute, one.target)
            .or_else(|| Program::of_attribute(one.attribute.split('.').next()?, one.target));
        judged.push(match program {
            Some(program) => supported.hooked(&program, &[])?,
            None => Hooked::default(),
        });
    }
    let mut found = Vec::new();
    for (one, hooked) in all.iter().zip(&judged) {
        let mut others = all.iter().zip(&judged);
        let program = (!is_of_loader).then(|| Path::new(one.span.source.path()));
        let names = [
            one.program,
            one.target.rsplit('/').next().unwrap_or_default(),
        ];
        if hooked.lacks.is_empty()
            || !one.is_needed
            || others.any(|(other, of)| is_choice((one.target, hooked), (other.target, of)))
            || loaders.ask(&names, program)
        {
            continue;
        }
        found.push(AbsentHook {
            span: one.span.clone(),
            target: one.target.to_owned(),
            kernels: hooked.kernels.clone(),
            is_of_loader,
        });
    }
    Ok(found)
}
