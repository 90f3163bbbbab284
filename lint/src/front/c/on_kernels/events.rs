//! Finds contexts that are taken for the record of another event.

use anyhow::Result;
use bpf_core_kernel_facts::{Context, flavour, syscall};

use super::super::view::{View, WrongRecord};
use crate::known::Supported;

/// The struct of each event that shares one, in `raw_syscalls/*`.
const COMMON: &str = "trace_event_raw_";

/// Adds them to the view.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    let mut found = Vec::new();
    for function in &view.functions {
        let (Some(program), Some(section)) = (function.program(), &function.section) else {
            continue;
        };
        let event = program.name();
        let Some(param) = function.params.first() else {
            continue;
        };
        let Some(record) = param.record.as_ref().filter(|record| record.relocated) else {
            continue;
        };
        if function.context() != Some(Context::Record) || event.is_empty() {
            continue;
        }
        let name = flavour::essential_name(&record.name);
        let own = match syscall::record(event) {
            Some(own) => own.to_owned(),
            None => format!("{COMMON}{event}"),
        };
        if name == own || !name.starts_with(COMMON) {
            continue;
        }
        // The kernel may give the event the record of its class, or have it in a module.
        let is_call = syscall::record(event).is_some();
        let known = supported.size(&own)?;
        if known.values.is_empty() || !is_call && !known.absent.is_empty() {
            continue;
        }
        let differs = differs(view, (name, &own), supported)?;
        if is_call && differs.is_none() {
            continue;
        }
        found.push(WrongRecord {
            span: param.span.clone(),
            section: section.clone(),
            record: record.name.clone(),
            own,
            differs,
        });
    }
    view.wrong_records = found;
    Ok(())
}

/// A field that both records have, and that kernels have in two places.
fn differs(
    view: &View,
    (name, own): (&str, &str),
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    let used = view.accesses.iter().filter_map(|access| {
        let record = access.record.as_ref()?;
        (record.essential() == name).then_some(access.path.split('.').next()?)
    });
    let read = view
        .reads
        .iter()
        .flat_map(|read| &read.hops)
        .filter_map(|hop| {
            let record = hop.record.as_ref()?;
            (record.essential() == name).then_some(hop.path.split('.').next()?)
        });
    for field in used.chain(read).filter(|field| !field.is_empty()) {
        let (taken, real) = (supported.field(name, field)?, supported.field(own, field)?);
        for (here, on) in &taken.values {
            for (there, others) in &real.values {
                let both = on.intersection(others);
                if here.bit_offset != there.bit_offset && !both.is_empty() {
                    let judged = taken.values.iter().map(|(_, set)| set);
                    let judged = judged.fold(both.clone(), |all, set| all.union(set));
                    return Ok(Some(format!(
                        "`{field}` is at {} in `{name}` and at {} in `{own}` on {}",
                        here.bit_offset / 8,
                        there.bit_offset / 8,
                        supported.words(&judged, &both),
                    )));
                }
            }
        }
    }
    Ok(None)
}
