//! Adds what the supported kernels say about the names that a C file uses.

use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{History, KernelSet};
use bpf_core_kernel_facts::enumerators::{Enum, enum_of};
use bpf_core_kernel_facts::types::is_uapi;

use super::view::{Absence, Access, Guard, How, Question, Record, Several, View};
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

fn several(supported: &Supported<'_>, history: &History<u64>) -> Vec<Several> {
    let values = supported.several(history);
    let judged = sets(&values);
    let values = values.into_iter().map(|(value, set)| Several {
        value: value.cast_signed(),
        kernels: supported.words(&judged, &set),
    });
    values.collect()
}

/// A member that the program asks the loader for.
struct Use<'v> {
    record: &'v Record,
    path: &'v str,
    span: &'v Span,
    guards: &'v [Guard],
}

/// The members that are not on all supported kernels where they are used.
fn absences(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut found: Vec<Absence> = Vec::new();
    for used in uses(view) {
        let history = supported.field(&used.record.name, used.path)?;
        // A struct of a module that is not known, or of a kernel that nobody has here.
        if history.values.is_empty() {
            continue;
        }
        let judged = supported.where_known(&history);
        let mut absent = history.absent.intersection(&judged);
        for guard in used.guards {
            absent = absent.intersection(&under(guard, supported)?);
        }
        if absent.is_empty() {
            continue;
        }
        let kernels = supported.words(&judged, &absent);
        let same = |one: &&mut Absence| {
            *one.record == *used.record.essential()
                && one.path == used.path
                && one.kernels == kernels
        };
        match found.iter_mut().find(same) {
            Some(one) if one.span != *used.span => one.more.push(used.span.clone()),
            Some(_) => {}
            None => found.push(Absence {
                span: used.span.clone(),
                more: Vec::new(),
                record: used.record.essential().into(),
                path: used.path.to_owned(),
                kernels,
            }),
        }
    }
    view.absences = found;
    Ok(())
}

/// The members that reads and accesses by name use.
fn uses(view: &View) -> Vec<Use<'_>> {
    let is_asked = |record: &Rc<Record>, relocated| {
        record.is_kernel() && (relocated || record.relocated) && !record.name.is_empty()
    };
    let reads = view.reads.iter().flat_map(|read| {
        let hops = read.hops.iter().filter(|hop| !hop.path.is_empty());
        let guards = &view.source(read).guards;
        hops.filter_map(move |hop| {
            let record = hop.record.as_ref()?;
            is_asked(record, read.relocated).then_some(Use {
                record,
                path: &hop.path,
                span: &read.span,
                guards,
            })
        })
    });
    let accesses = view.accesses.iter().filter_map(|access: &Access| {
        let record = access.record.as_ref()?;
        let loads = matches!(access.how, How::Load | How::Store);
        (loads && !access.path.is_empty() && is_asked(record, access.relocated)).then_some(Use {
            record,
            path: &access.path,
            span: &access.span,
            guards: &access.guards,
        })
    });
    reads.chain(accesses).collect()
}

/// The kernels on which a guard holds; none, where that cannot be told.
fn under(guard: &Guard, supported: &Supported<'_>) -> Result<KernelSet> {
    let (has, lacks) = match &*guard.question {
        Question::Field(record, path) => {
            let history = supported.field(&record.name, path)?;
            (sets(&history.values), history.absent)
        }
        Question::Type(record) => {
            let history = supported.size(&record.name)?;
            (sets(&history.values), history.absent)
        }
        Question::Enumerator(_) | Question::Other => return Ok(KernelSet::default()),
    };
    Ok(if guard.exists { has } else { lacks })
}

fn sets<T>(values: &[(T, KernelSet)]) -> KernelSet {
    let sets = values.iter().map(|(_, set)| set);
    sets.fold(KernelSet::default(), |all, set| all.union(set))
}
