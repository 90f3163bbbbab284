//! Contexts that are taken for the struct of another event.

use anyhow::Result;
use bpf_core_kernel_facts::Context;
use syn::FieldsNamed;

use crate::front::facts::EventStruct;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Amount, ContextPart, Crate};
use crate::known::Supported;

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

/// The fields of a struct.
fn names(body: &str) -> Vec<String> {
    let fields = syn::parse_str::<FieldsNamed>(body);
    let fields = fields.into_iter().flat_map(|fields| fields.named);
    fields
        .filter_map(|field| Some(field.ident?.to_string()))
        .collect()
}
