//! The structs of events: those that programs on tracepoints get, and others that they take them for.

use std::collections::HashSet;

use anyhow::Result;
use bpf_core_kernel_facts::Context;

use super::super::view::{Access, Record, View};
use crate::front::facts::EventStruct;
use crate::known::{EventLayout, EventPart, Layout, Supported};

/// Adds them to the view.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut found = Vec::new();
    for function in &view.functions {
        let (Some(program), Some(section)) = (function.program(), &function.section) else {
            continue;
        };
        let param = function.params.first();
        let record = param.and_then(|param| Some((param, param.record.as_ref()?)));
        let Some((param, record)) = record.filter(|(_, record)| record.relocated) else {
            continue;
        };
        if function.context() != Some(Context::Record) {
            continue;
        }
        let fields = fields(view, record);
        if let Some(other) = supported.other_event(&program, &record.name, fields)? {
            found.push(EventStruct {
                span: param.span.clone(),
                section: section.to_string(),
                taken: record.name.to_string(),
                other,
            });
        }
    }
    view.event_structs = found;
    layouts(view, supported)
}

/// Where kernels have what programs read by its place.
fn layouts(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for number in 0..view.functions.len() {
        let function = &view.functions[number];
        let program = function.program();
        let Some(program) = program.filter(|_| function.context() == Some(Context::Record)) else {
            continue;
        };
        let record = function.params.first();
        let record = record.and_then(|param| param.record.as_deref());
        let record = record.filter(|record| record.declared.is_some());
        let mut parts = record.map_or_else(Vec::new, |record| places(record, view));
        let accesses = view.accesses.iter().filter(|one| one.function == number);
        let added = accesses.filter_map(Access::added);
        parts.extend(added.filter_map(|added| Some(EventPart::At(added.bytes.try_into().ok()?))));
        let layout = match record.is_some() && parts.is_empty() {
            // Nothing is read by its place.
            true => EventLayout {
                own: None,
                layout: Layout::Same,
            },
            false => supported.event_layout(&program, parts)?,
        };
        let takes_known = match record {
            Some(record) => !supported.size(record.essential())?.values.is_empty(),
            None => false,
        };
        view.functions[number].takes_known = takes_known;
        view.functions[number].event = layout;
    }
    Ok(())
}

/// The members of a struct of the project that the file uses, with their bytes.
fn places(record: &Record, view: &View) -> Vec<EventPart> {
    let used: HashSet<&str> = fields(view, record).collect();
    let members = record.members.iter().zip(&record.places);
    let members = members.filter(|(name, _)| used.contains(&***name));
    let parts =
        members.filter_map(|(name, place)| Some(EventPart::Member(name.to_string(), (*place)?)));
    parts.collect()
}

/// The fields that the file takes from a record.
fn fields<'v>(view: &'v View, of: &'v Record) -> impl Iterator<Item = &'v str> {
    let is_it = |record: &Record| record.essential() == of.essential();
    let used = view.accesses.iter().filter_map(move |access| {
        let record = access.record.as_ref()?;
        is_it(record).then_some(access.path.split('.').next()?)
    });
    let hops = view.reads.iter().flat_map(|read| &read.hops);
    let read = hops.filter_map(move |hop| {
        let record = hop.record.as_ref()?;
        is_it(record).then_some(hop.path.split('.').next()?)
    });
    used.chain(read)
}
