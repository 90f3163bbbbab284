//! The structs of events: those that programs on tracepoints get, and others that they take them for.

use anyhow::Result;
use bpf_core_kernel_facts::Context;
use syn::FieldsNamed;

use crate::front::facts::EventStruct;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Amount, ContextPart, Crate};
use crate::known::{EventPart, Supported};

/// The event structs that programs on tracepoints take, and that belong to other events.
pub(super) fn structs(krate: &Crate, supported: &Supported<'_>) -> Result<Vec<EventStruct>> {
    let mut found = Vec::new();
    for (index, function) in krate.functions.iter().enumerate() {
        for used in &function.contexts {
            let (ContextPart::Cast(name) | ContextPart::At(Amount::OffsetOf(name, _))) = &used.what
            else {
                continue;
            };
            let declared = krate.facts.structs.get(name);
            let Some(declared) = declared.filter(|one| one.kind != StructKind::Own) else {
                continue;
            };
            // The program takes no other fields.
            let fields = match declared.kind {
                StructKind::Core => names(&declared.body),
                _ => Vec::new(),
            };
            for program in krate.programs(index) {
                if program.section.context != Context::Record {
                    continue;
                }
                let fields = fields.iter().map(String::as_str);
                let taken = &declared.kernel_name;
                if let Some(other) = supported.other_event(&program.facts(), taken, fields)? {
                    found.push(EventStruct {
                        span: function.span(&used.span),
                        section: format!("{}/{}", program.kind, program.target),
                        taken: taken.clone(),
                        other,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// Adds where kernels have what programs on tracepoints read by its place.
pub(super) fn layouts(krate: &mut Crate, supported: &Supported<'_>) -> Result<()> {
    for index in 0..krate.functions.len() {
        let program = krate.programs(index).next();
        let program = program.filter(|program| program.section.context == Context::Record);
        let Some(program) = program else {
            continue;
        };
        let mut parts = Vec::new();
        for used in &krate.functions[index].contexts {
            match &used.what {
                ContextPart::Cast(name) => {
                    let declared = krate.facts.structs.get(name);
                    let fields = declared.map(|one| names(&one.body)).unwrap_or_default();
                    parts.extend(fields.into_iter().map(EventPart::Field));
                }
                ContextPart::At(Amount::Number(at) | Amount::Named(_, Some(at))) => {
                    parts.extend(u32::try_from(*at).ok().map(EventPart::At));
                }
                _ => {}
            }
        }
        let layout = supported.event_layout(&program.facts(), parts)?;
        krate.functions[index].event = layout;
    }
    Ok(())
}

/// The fields of a struct.
fn names(body: &str) -> Vec<String> {
    let fields = syn::parse_str::<FieldsNamed>(body);
    let fields = fields.into_iter().flat_map(|fields| fields.named);
    fields
        .filter_map(|field| Some(field.ident?.to_string()))
        .collect()
}
