//! Adds what the supported kernels say about the names that a C file uses.

use std::borrow::Cow;
use std::rc::Rc;

use anyhow::Result;
use bpf_core_kernel_facts::enumerators::{Enum, enum_of};
use bpf_core_kernel_facts::types::is_uapi;

use super::view::{Access, How, Question, Record, View};
use crate::front::kernels::{self, Need, sets, several};
use crate::known::Supported;
use crate::span::Span;

/// Adds the answers to the view.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    enumerators(view, supported)?;
    sizes(view, supported)?;
    of_user_space(view, supported)?;
    absences(view, supported)
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
        used.values = several(supported, &history);
    }
    Ok(())
}

/// The sizes of structs that have several.
fn sizes(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for used in &mut view.sizes {
        let history = supported.size(used.record.essential())?;
        used.values = several(supported, &history);
    }
    Ok(())
}

/// The kernels that lack types of the user-space API, which are there only where the kernel's own code
/// uses them.
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
    }
    Ok(())
}

/// Notes the members that are not on all supported kernels where they are used.
fn absences(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    view.absences = kernels::absences(needs(view), supported)?;
    Ok(())
}

/// The members that reads and accesses by name use.
fn needs(view: &View) -> impl Iterator<Item = Need<'_>> {
    let need = |record: &Record, path: &str, span: &Span, guards| Need {
        what: Question::Field(Rc::clone(&record.name), path.to_owned()),
        span: span.clone(),
        guards: Cow::Borrowed(guards),
    };
    let is_asked = |record: &Record, relocated| {
        record.is_kernel() && (relocated || record.relocated) && !record.name.is_empty()
    };
    let reads = view.reads.iter().flat_map(move |read| {
        let hops = read.hops.iter().filter(|hop| !hop.path.is_empty());
        let guards = &view.source(read).guards[..];
        hops.filter_map(move |hop| {
            let record = hop.record.as_ref()?;
            is_asked(record, read.relocated).then(|| need(record, &hop.path, &read.span, guards))
        })
    });
    let accesses = view.accesses.iter().filter_map(move |access: &Access| {
        let record = access.record.as_ref()?;
        let loads = matches!(access.how, How::Load | How::Store) && !access.path.is_empty();
        let is_need = loads && is_asked(record, access.relocated);
        is_need.then(|| need(record, &access.path, &access.span, &access.guards[..]))
    });
    reads.chain(accesses)
}
