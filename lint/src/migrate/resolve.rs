//! An access to fields of bindings by the kernel's names: the path that macros take.

use super::path::{Access, Part};
use super::site::{Field, Seeker};
use super::types::{Shape, is_unnamed};

impl Seeker<'_> {
    /// The same of a value that `core_read!` can read.
    pub(super) fn readable(
        &self,
        owner: &str,
        access: &Access,
    ) -> Result<(String, Vec<Field>, Shape), String> {
        let found = self.resolve(owner, access)?;
        match found.2.text() {
            Some(_) => Ok(found),
            None => Err("it is no number, pointer or array of numbers: read its fields".to_owned()),
        }
    }

    /// The path as macros take it, the fields with their structs, and what is read.
    pub(super) fn resolve(
        &self,
        owner: &str,
        access: &Access,
    ) -> Result<(String, Vec<Field>, Shape), String> {
        let mut fields = Vec::new();
        let mut hops = Vec::new();
        let mut value = Shape::Record(owner.to_owned());
        for (number, hop) in access.hops.iter().enumerate() {
            if number > 0 {
                value = match value {
                    Shape::Pointer(_, Some(to)) => *to,
                    _ => return Err("a pointer on the way has no type".to_owned()),
                };
            }
            let mut words = String::new();
            // What fields of an unnamed struct are declared in.
            let mut around: Option<Declared> = None;
            for part in hop {
                let name = match part {
                    Part::Index(index) => {
                        let Shape::Array(element, _) = value else {
                            return Err("what is indexed is no array".to_owned());
                        };
                        value = *element;
                        words.push_str(&format!("[{index}]"));
                        continue;
                    }
                    Part::Field(name) => name,
                };
                let Shape::Record(record) = &value else {
                    return Err("a field on the way has no type".to_owned());
                };
                let record = record.clone();
                let of = match (is_unnamed(&record), around) {
                    (true, None) => {
                        return Err("it is in a struct that has no name in the kernel".to_owned());
                    }
                    (true, Some(around)) => around,
                    (false, _) => Declared {
                        name: record.clone(),
                        asked: record.clone(),
                    },
                };
                let shape = self.types.field(&record, name);
                value = shape.ok_or_else(|| format!("`{record}` declares no `{name}`"))?;
                if name.starts_with("__bindgen_anon_") {
                    around = Some(of);
                    continue;
                }
                let kernel = kernel_name(name);
                if !words.is_empty() {
                    words.push('.');
                }
                words.push_str(&rust_name(&kernel));
                around = Some(Declared {
                    name: format!("{}_{kernel}", of.name),
                    asked: format!("{}.{kernel}", of.asked),
                });
                fields.push(Field {
                    of: of.name,
                    asked: of.asked,
                    name: kernel,
                    shape: (!value.is_unnamed()).then(|| value.clone()),
                });
            }
            if words.is_empty() {
                return Err("the whole struct is read: read its fields".to_owned());
            }
            hops.push(words);
        }
        Ok((hops.join(", "), fields, value))
    }
}

/// A struct as it is declared, and how it is asked for.
struct Declared {
    name: String,
    asked: String,
}

/// bindgen puts `_` behind words that Rust keeps.
fn kernel_name(name: &str) -> String {
    let bare = name.strip_prefix("r#").unwrap_or(name);
    match bare.strip_suffix('_') {
        Some(word) if is_keyword(word) => word.to_owned(),
        _ => bare.to_owned(),
    }
}

pub(super) fn rust_name(name: &str) -> String {
    match is_keyword(name) {
        true => format!("r#{name}"),
        false => name.to_owned(),
    }
}

fn is_keyword(word: &str) -> bool {
    syn::parse_str::<syn::Ident>(word).is_err()
        && syn::parse_str::<syn::Ident>(&format!("r#{word}")).is_ok()
}
