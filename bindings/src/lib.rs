//! Declares the types that an eBPF program reads, in Rust, in C or as data, so that one declaration is right for
//! many kernels.
//!
//! | file | what it does |
//! |---|---|
//! | `want.rs` | what is asked for: types, and fields of them |
//! | `source.rs` | what the kernels have under a name |
//! | `shape.rs` | a field's type, apart from typedefs and qualifiers |
//! | `merge.rs` | one declared type for what kernels have, or one for each kind |
//! | `find.rs` | goes from what is asked for to all that it contains |
//! | `declared.rs` | a type that is declared |
//! | `model.rs` | all of them, those that others contain first |
//! | `rust.rs`, `c.rs`, `json.rs` | the declarations as text, and as data |
#![forbid(unsafe_code)]

mod c;
mod declared;
mod find;
mod json;
mod merge;
mod model;
mod rust;
mod shape;
mod source;
mod want;

use bpf_core_catalogue::OpenError;
use thiserror::Error;

pub use model::Model;
pub use source::Kernels;
pub use want::Want;

/// Why there are no declarations.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A text names no type and no field.
    #[error(
        "`{0}` is no type or field: write `task_struct`, `task_struct.tgid` or `task_struct.{{tgid,se.vruntime}}`"
    )]
    Syntax(String),
    /// No chosen kernel has a type of this name.
    #[error("no chosen kernel has a type `{name}`{}", meant(near))]
    UnknownType {
        /// The name.
        name: String,
        /// Names that are like it.
        near: Vec<String>,
    },
    /// The type is there, and has no fields.
    #[error("`{name}` is {what}: only structs, unions and enums are declared")]
    NoRecord {
        /// The name.
        name: String,
        /// What it is.
        what: String,
    },
    /// No chosen kernel has this field.
    #[error("no chosen kernel has a field `{field}` in `{name}`{}", meant(near))]
    UnknownField {
        /// The type.
        name: String,
        /// The field.
        field: String,
        /// Names that are like it.
        near: Vec<String>,
    },
    /// The catalogue is damaged.
    #[error(transparent)]
    Catalogue(#[from] OpenError),
}

fn meant(near: &[String]) -> String {
    if near.is_empty() {
        return String::new();
    }
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    format!(
        ": {} {} like it",
        near.join(", "),
        if near.len() == 1 { "is" } else { "are" }
    )
}
