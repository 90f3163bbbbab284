//! Declarations as data, for tools that write another language.

use bpf_core_catalogue::{KernelSet, NameSpace};
use serde_json::{Value, json};

use crate::c::declarator;
use crate::declared::{Body, Declared, Field};
use crate::merge::Merged;
use crate::model::Model;

impl Model {
    /// The declarations as JSON, those that others contain first. `chosen` are the kernels that they are for. Types
    /// of fields are those of the C declarations.
    pub fn json(&self, chosen: &KernelSet, phrase: &dyn Fn(&KernelSet) -> String) -> Value {
        let types = self.types.iter().map(|one| declared(one, chosen, phrase));
        Value::Array(types.collect())
    }
}

fn declared(
    declared: &Declared,
    chosen: &KernelSet,
    phrase: &dyn Fn(&KernelSet) -> String,
) -> Value {
    let name = &declared.key.1;
    let kind = match (declared.key.0, declared.is_union) {
        (NameSpace::Enum, _) => "enum",
        (NameSpace::Typedef, _) => "typedef",
        (_, true) => "union",
        _ => "struct",
    };
    let mut value = json!({
        "kind": kind,
        "name": name,
        "is_unnamed": declared.is_unnamed,
        "kernels": phrase(&declared.on),
    });
    match &declared.body {
        Body::Record(fields) => {
            let fields = fields.iter().map(|one| field(one, name, chosen, phrase));
            value["fields"] = fields.collect();
        }
        Body::Enum {
            size,
            is_signed,
            enumerators,
        } => {
            value["size"] = json!(size);
            value["is_signed"] = json!(is_signed);
            let enumerators = enumerators.iter().map(|(name, number, on)| {
                let number = match is_signed {
                    true => json!(number.cast_signed()),
                    false => json!(number),
                };
                json!({
                    "name": name,
                    "value": number,
                    "is_optional": *on != declared.on,
                    "kernels": phrase(on),
                })
            });
            value["enumerators"] = enumerators.collect();
        }
    }
    value
}

fn field(
    field: &Field,
    of: &str,
    chosen: &KernelSet,
    phrase: &dyn Fn(&KernelSet) -> String,
) -> Value {
    let kinds = field.kinds.iter().enumerate();
    let declarations = kinds.map(|(kind, merged)| {
        let flavour = match kind {
            0 => of.to_owned(),
            _ => format!("{of}___{}", kind + 1),
        };
        declaration(merged, &flavour, chosen, phrase)
    });
    let left_out = field.left_out.iter();
    let left_out = left_out.map(|(why, on)| json!({"why": why, "kernels": phrase(on)}));
    json!({
        "name": field.name,
        "declarations": declarations.collect::<Value>(),
        "left_out": left_out.collect::<Value>(),
    })
}

/// One kind of type that a field has. `flavour` is the type that declares it.
fn declaration(
    merged: &Merged,
    flavour: &str,
    chosen: &KernelSet,
    phrase: &dyn Fn(&KernelSet) -> String,
) -> Value {
    let several = merged.of.iter();
    let several = several.map(|(shape, on)| {
        json!({
            "type": declarator(shape, ""),
            "kernels": phrase(on),
        })
    });
    json!({
        "in": flavour,
        "type": declarator(&merged.shape, ""),
        "is_optional": merged.on != *chosen,
        "is_bitfield": merged.is_bitfield,
        "kernels": phrase(&merged.on),
        "types": several.collect::<Value>(),
    })
}
