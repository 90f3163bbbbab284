//! Compares the record that a program on a tracepoint takes with what the kernel writes there: for the front
//! ends of C and Rust.

use anyhow::Result;
use bpf_core_kernel_facts::{Program, flavour, syscall};

use crate::known::Supported;
use crate::span::Span;

/// A context that is taken for the struct of another event.
#[derive(Debug)]
pub struct WrongRecord {
    /// Where.
    pub span: Span,
    /// The program's section.
    pub section: String,
    /// What it is taken for.
    pub record: String,
    /// What the kernel writes there.
    pub own: String,
    /// A field that is elsewhere in the other one, and on which kernels, in words.
    pub differs: Option<String>,
}

/// The struct of each event that shares one, in `raw_syscalls/*`.
const COMMON: &str = "trace_event_raw_";

/// The record of a program's event and a field that differs, if `record` is another one. `fields` are those
/// that the program takes from it.
pub(super) fn compare<'f>(
    program: &Program<'_>,
    record: &str,
    fields: impl Iterator<Item = &'f str>,
    supported: &Supported<'_>,
) -> Result<Option<(String, Option<String>)>> {
    let event = program.name();
    let name = flavour::essential_name(record);
    let own = match syscall::record(event) {
        Some(own) => own.to_owned(),
        None => format!("{COMMON}{event}"),
    };
    if event.is_empty() || name == own || !name.starts_with(COMMON) {
        return Ok(None);
    }
    // The kernel may give the event the record of its class, or have it in a module.
    let is_call = syscall::record(event).is_some();
    let known = supported.size(&own)?;
    if known.values.is_empty() || !is_call && !known.absent.is_empty() {
        return Ok(None);
    }
    let differs = differs(fields, (name, &own), supported)?;
    Ok((!is_call || differs.is_some()).then_some((own, differs)))
}

/// A field that both records have, and that kernels have in two places.
fn differs<'f>(
    fields: impl Iterator<Item = &'f str>,
    (name, own): (&str, &str),
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    for field in fields.filter(|field| !field.is_empty()) {
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
