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
        if !is_of_calls && self.has_no(program.name())? {
            return Ok(EventLayout {
                own: None,
                layout: Layout::Same,
            });
        }
        let known = self.size(&name)?;
        let is_known = !known.values.is_empty() && known.absent.is_empty();
        let own = Some(name).filter(|_| is_known && !program.name().is_empty());
        let mut layout = Layout::Unknown;
        if let Some(own) = &own {
            layout = self.parts(own, is_of_calls, parts)?;
        }
        // The same head says nothing of what is behind it.
        if let (Layout::Unknown, head @ Layout::Differs { .. }) = (&layout, self.layout(HEAD, "")?)
        {
            layout = head;
        }
        Ok(EventLayout { own, layout })
    }

    /// Whether no kernel that is known has an event: then a program for it is for others.
    fn has_no(&self, event: &str) -> Result<bool> {
        let mut is_there = event.is_empty();
        for (_, catalogue) in self.known.catalogues() {
            let found = catalogue.tracepoint(event)?;
            is_there |= !found.there.is_empty() || !found.modules.is_empty();
        }
        Ok(!is_there)
    }

    /// Whether parts of a struct are at one place each. Unknown, where there are none, or one of them is.
    fn parts(
        &self,
        record: &str,
        is_of_calls: bool,
        parts: impl IntoIterator<Item = EventPart>,
    ) -> Result<Layout> {
        let (mut same, mut unknown) = (0, 0);
        for part in parts {
            let (by_name, byte) = match part {
                EventPart::Field(name) => (Some(self.layout(record, &name)?), None),
                EventPart::Member(name, byte) => (Some(self.layout(record, &name)?), Some(byte)),
                EventPart::At(byte) => (None, Some(byte)),
            };
            let layout = match (by_name, byte) {
                (None | Some(Layout::Unknown | Layout::Own), Some(byte)) => {
                    match self.field_at(record, is_of_calls, byte)? {
                        Some(field) => self.layout(record, &field)?,
                        None => Layout::Unknown,
                    }
                }
                (by_name, _) => by_name.unwrap_or_default(),
            };
            match layout {
                Layout::Differs { .. } => return Ok(layout),
                Layout::Same => same += 1,
                // A program names the bytes before the event's own fields as it likes.
                Layout::Unknown | Layout::Own => unknown += usize::from(byte.is_some()),
            }
        }
        Ok(match same > 0 && unknown == 0 {
            true => Layout::Same,
            false => Layout::Unknown,
        })
    }

    /// The field that a byte of the struct of an event is in.
    fn field_at(&self, record: &str, is_of_calls: bool, byte: u32) -> Result<Option<String>> {
        let found = self.leads_to(record, byte.into(), &[])?;
        if let Some(field) = found.and_then(|found| found.field) {
            return Ok(Some(field));
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
