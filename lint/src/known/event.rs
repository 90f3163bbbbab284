//! The struct that the kernel writes for an event, beside the one that a program takes it for.

use anyhow::Result;
use bpf_core_kernel_facts::{Program, flavour, syscall};

use super::supported::sets;
use super::{Layout, Supported};

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

/// What the supported kernels say of the struct that they write for an event.
#[derive(Debug, Default)]
pub struct EventLayout {
    /// Its name, if all of them have a struct for this event alone, or for all system calls.
    pub own: Option<String>,
    /// Whether what the program reads of it is at one place on all of them.
    pub layout: Layout,
}

/// What a program reads of the struct of an event.
#[derive(Debug)]
pub enum EventPart {
    /// The field of this name.
    Field(String),
    /// A member of a struct of the project: the field of its name, or else what is at its byte.
    Member(String, u32),
    /// What is at this byte.
    At(u32),
}

/// What the struct of each event begins with.
const HEAD: &str = "trace_entry";

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
        let (own, is_of_calls) = own(event);
        if event.is_empty() || name == own || !name.starts_with(PREFIX) {
            return Ok(None);
        }
        // The kernel may give the event the record of its class, or have it in a module.
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

    /// Where the struct of a program's event has what the program reads of it.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn event_layout(
        &self,
        program: &Program<'_>,
        parts: impl IntoIterator<Item = EventPart>,
    ) -> Result<EventLayout> {
        let (name, is_of_calls) = own(program.name());
        let known = self.size(&name)?;
        let is_known = !known.values.is_empty() && known.absent.is_empty();
        if !is_known || program.name().is_empty() {
            let head = self.layout(HEAD, "")?;
            let is_same = matches!(head, Layout::Same);
            return Ok(EventLayout {
                own: None,
                layout: if is_same { Layout::Unknown } else { head },
            });
        }
        let (mut same, mut unknown) = (0, 0);
        let mut layout = Layout::Unknown;
        for part in parts {
            let (field, is_byte) = match part {
                EventPart::Field(name) => (Some(name), false),
                EventPart::Member(field, byte) => match self.layout(&name, &field)? {
                    Layout::Unknown | Layout::Own => {
                        (self.field_at((&name, is_of_calls), byte)?, true)
                    }
                    _ => (Some(field), false),
                },
                EventPart::At(byte) => (self.field_at((&name, is_of_calls), byte)?, true),
            };
            let Some(field) = field else {
                unknown += 1;
                continue;
            };
            match self.layout(&name, &field)? {
                Layout::Same => same += 1,
                // A program names the bytes before the event's own fields as it likes.
                Layout::Unknown | Layout::Own => unknown += usize::from(is_byte),
                differs => {
                    layout = differs;
                    break;
                }
            }
        }
        if matches!(layout, Layout::Unknown) {
            layout = match same > 0 && unknown == 0 {
                true => Layout::Same,
                false => self.layout(HEAD, "")?,
            };
        }
        Ok(EventLayout {
            own: Some(name),
            layout,
        })
    }

    /// The field that is at a byte of a struct, on one of the kernels.
    fn field_at(&self, (record, is_of_calls): (&str, bool), byte: u32) -> Result<Option<String>> {
        let Some(kernel) = self.kernels().iter().next() else {
            return Ok(None);
        };
        for size in [4, 8, 2, 1] {
            let found = self.known.fields_at(kernel, record, byte, size)?;
            if let Some(spot) = found.first() {
                return Ok(Some(spot.path()));
            }
        }
        // The arguments of a system call fill the rest of its struct.
        let arguments = self.field(record, ARGUMENTS)?;
        let mut starts = arguments
            .values
            .iter()
            .map(|(field, _)| field.bit_offset / 8);
        let is_argument = is_of_calls && starts.any(|start| start <= byte);
        Ok(is_argument.then(|| ARGUMENTS.to_owned()))
    }
}

/// The member for the arguments of a system call: `struct syscall_trace_enter` in `kernel/trace/trace.h`.
const ARGUMENTS: &str = "args";

/// The struct of an event that has one of its own, and whether all system calls share it.
fn own(event: &str) -> (String, bool) {
    match syscall::record(event) {
        Some(own) => (own.to_owned(), true),
        None => (format!("{PREFIX}{event}"), false),
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
