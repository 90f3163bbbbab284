//! Typed CO-RE access to kernel structs from Rust eBPF programs.
#![no_std]

pub mod descriptor;

mod access;
mod error;
mod misuse;
mod path;
mod place;
mod presence;
mod probe;
mod read;
mod record;
mod relocation;
mod string;
mod types;

pub use bpf_core_macros::{
    CoreEnum, CoreStruct, core_field_exists, core_field_ptr, core_read, core_read_into,
    core_read_str,
};
pub use error::ReadError;
pub use record::CoreStruct;
pub use types::CoreType;

/// What expanded macros name. Not for use by hand: it changes with the macros.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        access::{behind, exists, finish, follow, pointer, read, read_into, read_str, stopped},
        descriptor::Text,
        path::Path,
        place::{Record, Scalar, base, root, root_of},
        presence::{Optional, Required},
        read::{Read, member, plain},
        record::{Field, FieldOf},
        types::Flexible,
    };
}
