//! Adds what the supported kernels say about the names that a C file uses.

mod arguments;
mod events;
mod hooks;

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{Form, KernelSet};
use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::enumerators::{Enum, enum_of};
use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_kernel_facts::types::is_uapi;

use super::view::{Access, Home, How, Origin, Record, SizeUse, View};
use crate::front::facts::{Absence, SizeFor};
use crate::known::{Guard, LeadsTo, Question, Supported, sets};
use crate::span::Span;

/// Adds the answers to the view. `related` gives the sections of other files that are for the same.
pub(super) fn answer(
    view: &mut View,
    related: &dyn Fn() -> Vec<String>,
    supported: &Supported<'_>,
) -> Result<()> {
    for access in &mut view.accesses {
        access.is_dead = supported.is_dead(&access.guards)?;
        access.leads_to = leads_to(access, supported)?;
        let frozen = access.record.as_ref().filter(|record| record.is_frozen());
        if let Some(record) = frozen.filter(|_| !access.path.is_empty()) {
            access.layout = supported.layout_at(record.essential(), &access.path, access.byte)?;
        }
    }
    for offset in &mut view.offsets {
        offset.layout = supported.layout(offset.record.essential(), &offset.path)?;
    }
    enumerators(view, supported)?;
    bit_fields(view, supported)?;
    embedded(view);
    sizes(view, supported)?;
    events::answer(view, supported)?;
    arguments::answer(view, supported)?;
    hooks::answer(view, related, supported)?;
    of_user_space(view, supported)?;
    versions(view, supported)?;
    absences(view, supported)
}

/// The field that a constant in an address of kernel memory leads to.
fn leads_to(access: &Access, supported: &Supported<'_>) -> Result<Option<LeadsTo>> {
    let Some(added) = access.added().filter(|_| access.pointer.is_kernel()) else {
        return Ok(None);
    };
    let constant = added.constant.as_deref().unwrap_or_default();
    let record = match &added.of {
        Some(record) => Some(record.to_string()),
        None => supported.record_in(constant)?,
    };
    let like = [constant, access.target.as_deref().unwrap_or_default()];
    match record {
        Some(record) => supported.leads_to(&record, added.bytes, &like),
        None => Ok(None),
    }
}

/// The values of enumerators that have several.
fn enumerators(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for used in &mut view.enumerators {
        let of = match enum_of(&used.name) {
            _ if !used.of.is_empty() => &used.of,
            Some(Enum::Named(of)) => of,
            _ => continue,
        };
        let history = supported.enumerator(of, &used.name)?;
        used.values = supported.values(&history);
    }
    Ok(())
}

/// Fields that are bit-fields on some supported kernels that get there, where the header has plain ones. Structs that
/// no supported kernel has are the program's: those of a process that it reads.
fn bit_fields(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for access in &mut view.accesses {
        let Some(record) = access
            .record
            .as_ref()
            .filter(|record| record.relocated && record.is_kernel())
        else {
            continue;
        };
        if access.is_bit_field && supported.size(record.essential())?.values.is_empty() {
            access.is_bit_field = false;
            continue;
        }
        let is_plain = access.how == How::Load && !access.path.is_empty();
        if is_plain && !access.is_bit_field {
            let history = supported.field(&record.name, &access.path)?;
            let bits = history.values.iter().filter(|(field, _)| field.is_bitfield);
            let mut on = bits.fold(KernelSet::default(), |all, (_, set)| all.union(set));
            for guard in &access.guards {
                on = on.intersection(&guard.holds_on(supported)?);
            }
            access.is_bit_field = !on.is_empty();
        }
    }
    Ok(())
}

/// Members of the program's own structs that stand behind a struct of the kernel, where they are read from
/// memory of the kernel.
fn embedded(view: &mut View) {
    let mut found: Vec<SizeUse> = Vec::new();
    for access in &view.accesses {
        let Some(record) = access.record.as_ref().filter(|record| !record.relocated) else {
            continue;
        };
        let is_own = matches!(
            access.pointer.origin,
            Origin::Own | Origin::User | Origin::Context
        );
        let first = access.path.split('.').next().unwrap_or_default();
        let at = record.members.iter().position(|name| &**name == first);
        let Some(at) = at.filter(|_| !is_own && !access.path.is_empty()) else {
            continue;
        };
        let before = record.inside.iter().filter(|(place, _)| *place < at);
        for (_, inner) in before.filter(|(_, inner)| inner.is_kernel()) {
            if !found.iter().any(|one| one.span == access.span) {
                found.push(SizeUse {
                    span: access.span.clone(),
                    record: Rc::clone(inner),
                    what: SizeFor::Before,
                    origin: access.pointer.origin,
                    target: None,
                    values: Vec::new(),
                });
            }
        }
    }
    view.sizes.append(&mut found);
}

/// The sizes of structs that have several.
fn sizes(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for used in &mut view.sizes {
        let history = supported.size(used.record.essential())?;
        used.values = supported.values(&history);
    }
    Ok(())
}

/// What the supported kernels say of choices by version: whether the version divides them, and whether they have
/// the chosen members alike.
fn versions(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for choice in &mut view.versions {
        if let Some(code) = choice.version {
            let sides = supported.before(code);
            choice.is_one_sided = sides.absent.is_empty() || sets(&sides.values).is_empty();
        }
        choice.is_alike = !choice.members.is_empty();
        for (record, path) in &choice.members {
            let history = supported.field(record, path)?;
            let values = || history.values.iter().map(|(field, _)| field);
            let sizes: HashSet<Option<u64>> = values().map(|field| field.bit_size).collect();
            choice.is_alike &= history.absent.is_empty()
                && !values().any(|field| field.is_bitfield)
                && sizes.len() <= 1;
        }
    }
    Ok(())
}

/// The kernels that lack types of the user-space API, which are there only where the kernel's own code
/// uses them; and the project's structs that are copies of the kernel's.
fn of_user_space(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let reads = view.reads.iter_mut().filter(|read| read.relocated);
    for hop in reads.flat_map(|read| &mut read.hops) {
        let Some(record) = &hop.record else { continue };
        if is_uapi(record.essential()) {
            let history = supported.size(record.essential())?;
            let judged = sets(&history.values).union(&history.absent);
            hop.lacking =
                (!history.absent.is_empty()).then(|| supported.words(&judged, &history.absent));
        }
        if record.home == Home::Project {
            hop.is_copy = !record.members.is_empty();
            for member in record.members.iter().filter(|name| !name.is_empty()) {
                let history = supported.field(record.essential(), member)?;
                hop.is_copy &= !history.values.is_empty();
            }
        }
    }
    Ok(())
}

/// Notes the members that are not on all supported kernels where they are used.
fn absences(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    // The loader creates a `struct_ops` map only where the kernel has the type.
    let types = view.struct_ops.iter().map(|name| Guard {
        question: Question::Type(Rc::clone(name)).into(),
        exists: true,
    });
    let implemented: Vec<Guard> = types.collect();
    let mut found = Vec::new();
    for need in needs(view) {
        let guards = implemented.iter().chain(&*need.guards);
        if let Some(lack) = supported.lack(&need.what, guards)? {
            found.push(Absence {
                span: need.span,
                what: need.what.essential(),
                lack,
            });
        }
    }
    view.absences = found;
    Ok(())
}

/// A place where a program needs a thing of the kernel.
struct Need<'v> {
    what: Question,
    span: Span,
    /// What the conditions around it say about the kernel.
    guards: Cow<'v, [Guard]>,
}

/// The kernels that a program whose context is read can be attached on: those with its tracepoint, or else
/// with the type of its context.
fn attached(view: &View, access: &Access, record: &Record) -> Guard {
    let function = view.function(access);
    let event = match (function.program(), function.context()) {
        (Some(program), Some(Context::Record)) => Some(program.name()),
        _ => None,
    };
    let question = match event.filter(|event| !event.is_empty()) {
        Some(event) => Question::Tracepoint(event.into()),
        None => Question::Type(Rc::clone(&record.name)),
    };
    Guard {
        question: Rc::new(question),
        exists: true,
    }
}

/// The members that reads and accesses by name use, and what else the loader has to find.
fn needs(view: &View) -> impl Iterator<Item = Need<'_>> {
    let need = |record: &Record,
                (path, form): (&str, &Form),
                span: &Span,
                access: &Access,
                is_first: bool| {
        let mut guards = access.guards.clone();
        if is_first && access.pointer.origin == Origin::Context {
            guards.push(attached(view, access, record));
        }
        Need {
            what: Question::Field(Rc::clone(&record.name), path.to_owned(), Some(form.clone())),
            span: span.clone(),
            guards: Cow::Owned(guards),
        }
    };
    let is_asked = |record: &Record, relocated| {
        record.is_kernel() && (relocated || record.relocated) && !record.name.is_empty()
    };
    let reads = view.reads.iter().flat_map(move |read| {
        let hops = read.hops.iter().enumerate();
        let source = view.source(read);
        hops.filter_map(move |(index, hop)| {
            let record = hop.record.as_ref()?;
            let is_need = !hop.path.is_empty() && is_asked(record, read.relocated);
            is_need.then(|| {
                need(
                    record,
                    (&hop.path, &hop.form),
                    &read.span,
                    source,
                    index == 0,
                )
            })
        })
    });
    let accesses = view.accesses.iter().filter_map(move |access: &Access| {
        let record = access.record.as_ref()?;
        let loads = matches!(access.how, How::Load | How::Store) && !access.path.is_empty();
        let is_need = loads && is_asked(record, access.relocated);
        is_need.then(|| {
            need(
                record,
                (&access.path, &access.form),
                &access.span,
                access,
                true,
            )
        })
    });
    let needed = view.needed.iter().filter_map(|one| {
        let is_kernel = match &*one.what {
            Question::Field(record, ..) => !is_uapi(essential_name(record)),
            _ => true,
        };
        is_kernel.then(|| Need {
            what: (*one.what).clone(),
            span: one.span.clone(),
            guards: Cow::Borrowed(&one.guards[..]),
        })
    });
    reads.chain(accesses).chain(needed)
}
