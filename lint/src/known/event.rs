//! The struct that the kernel writes for an event, beside the one that a program takes it for.

use anyhow::Result;
use bpf_core_kernel_facts::{Program, flavour, syscall};

use super::Supported;
use super::supported::sets;

/// The struct of an event, where a program takes that of another event.
#[derive(Debug)]
pub struct OtherEvent {
    /// What the kernel writes there.
    pub own: String,
    /// Whether all system calls share it.
    pub is_of_calls: bool,
    /// A field that both structs have, and that kernels have at two places.
    pub differs: Option<TwoPlaces>,
}

/// A field at two places, in bytes.
#[derive(Debug)]
pub struct TwoPlaces {
    /// Its name.
    pub field: String,
    /// Where it is in the struct that the program takes.
    pub taken: u32,
    /// Where it is in the struct that the kernel writes.
    pub own: u32,
    /// The kernels, in words.
    pub kernels: String,
}

/// What the names of the structs of events begin with.
const PREFIX: &str = "trace_event_raw_";

impl Supported<'_> {
    /// The struct of a program's event, if it is known and `record` is that of another. `fields` are those that
    /// the program takes from `record`.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn other_event<'f>(
        &self,
        program: &Program<'_>,
        record: &str,
        fields: impl Iterator<Item = &'f str>,
    ) -> Result<Option<OtherEvent>> {
        let event = program.name();
        let name = flavour::essential_name(record);
        let shared = syscall::record(event);
        let own = match shared {
            Some(own) => own.to_owned(),
            None => format!("{PREFIX}{event}"),
        };
        if event.is_empty() || name == own || !name.starts_with(PREFIX) {
            return Ok(None);
        }
        // The kernel may give the event the record of its class, or have it in a module.
        let is_of_calls = shared.is_some();
        let known = self.size(&own)?;
        if known.values.is_empty() || !is_of_calls && !known.absent.is_empty() {
            return Ok(None);
        }
        let differs = two_places(fields, (name, &own), self)?;
        Ok(Some(OtherEvent {
            own,
            is_of_calls,
            differs,
        }))
    }
}

fn two_places<'f>(
    fields: impl Iterator<Item = &'f str>,
    (name, own): (&str, &str),
    supported: &Supported<'_>,
) -> Result<Option<TwoPlaces>> {
    for field in fields.filter(|field| !field.is_empty()) {
        let (taken, real) = (supported.field(name, field)?, supported.field(own, field)?);
        for (here, on) in &taken.values {
            for (there, others) in &real.values {
                let both = on.intersection(others);
                if here.bit_offset != there.bit_offset && !both.is_empty() {
                    let judged = sets(&taken.values).union(&both);
                    return Ok(Some(TwoPlaces {
                        field: field.to_owned(),
                        taken: here.bit_offset / 8,
                        own: there.bit_offset / 8,
                        kernels: supported.words(&judged, &both),
                    }));
                }
            }
        }
    }
    Ok(None)
}
