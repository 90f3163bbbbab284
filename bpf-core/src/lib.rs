//! Typed CO-RE access to kernel structs from Rust eBPF programs.
//!
//! Declare the fields that you read, and read them by name. Each access becomes a BPF CO-RE
//! relocation, which the loader (aya, libbpf) resolves against the kernel that is running:
//! one object works on every kernel.
//!
//! ```
//! use bpf_core::{CoreStruct, ReadError, core_read};
//!
//! #[derive(CoreStruct)]
//! #[core(name = "task_struct")]
//! struct Task {
//!     tgid: i32,
//!     comm: [u8; 16],
//!     se: SchedEntity,
//!     real_parent: *const Task,
//!     #[core(optional)] // Linux 5.14 renamed `state`
//!     __state: u32,
//! }
//!
//! #[derive(CoreStruct)]
//! #[core(name = "sched_entity")]
//! struct SchedEntity {
//!     vruntime: u64,
//! }
//!
//! fn parent(task: *const Task) -> Result<(i32, u64, Option<u32>), ReadError> {
//!     Ok((
//!         core_read!(task, real_parent, tgid)?,        // a comma follows a pointer
//!         core_read!(task, real_parent, se.vruntime)?, // a dot goes into a struct
//!         core_read!(task, __state)?,                  // not every kernel has it
//!     ))
//! }
//! ```
//!
//! The program has to be linked by `bpf-core-linker`, with debug information
//! (`debug = 2`): plain bpf-linker leaves undefined symbols, and the object does not load.
//! `bpf-core-linker` does all that bpf-linker does.
//!
//! With the feature `aya`, the contexts of aya-ebpf 0.2 give [`TrustedPtr`]s.
//!
//! On a host that is not BPF everything compiles, so that a program's own logic can be
//! tested there; a read gives `ENOSYS`, and no field exists.
#![no_std]
// Whoever is shown a type, in a page or by the compiler, can find it.
#![warn(unnameable_types)]

// The derives name this crate as its users do.
extern crate self as bpf_core;

#[doc(hidden)]
pub mod descriptor;
pub mod list;
pub mod registers;
pub mod space;
pub mod types;

mod access;
mod comparison;
mod enumeration;
mod error;
mod helper;
mod misuse;
mod number;
mod path;
mod place;
mod plain;
mod pointer;
mod presence;
mod probe;
mod query;
mod read;
mod record;
mod relocation;
mod string;
mod whole;
mod write;

pub use bpf_core_macros::{
    CoreEnum, CoreStruct, Plain, core_container_of, core_enum_value, core_enum_value_exists,
    core_field_exists, core_field_offset, core_field_ptr, core_field_size, core_list_entries,
    core_read, core_read_into, core_read_str, core_recast, core_write, kfuncs,
};
pub use enumeration::CoreEnum;
pub use error::{ErrorKind, ReadError, WriteError};
pub use plain::Plain;
pub use pointer::{
    cast::{CastPtr, core_cast},
    context::{BtfArgs, BtfContext, StructOpsArgs, StructOpsContext},
    trusted::{TrustedMut, TrustedPtr},
    user::UserPtr,
};
pub use probe::{probe_read_kernel, probe_read_kernel_str, probe_read_user, probe_read_user_str};
pub use query::{
    core_type_exists, core_type_id_kernel, core_type_id_local, core_type_matches, core_type_size,
};
pub use record::CoreStruct;
pub use types::{CoreType, Named};

/// What expanded macros name. Not for use by hand: it changes with the macros.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        access::{
            Followed, behind, finish, follow, pointer, read, read_field, read_into, read_str,
            result, stopped,
        },
        comparison::{BehindPointer, Declared, Function},
        descriptor::{Piece, Text},
        enumeration::{EnumeratorOf, enum_value, enum_value_exists},
        error::Code,
        list::list,
        number::*,
        path::Path,
        place::{
            At, Record, Scalar, base, fields, fields_at, fields_behind, fields_of, member_place,
            place,
        },
        plain::{PlainData, is_plain},
        pointer::{
            container::container_of,
            recast::{Declares, Name, recast},
        },
        presence::{Optional, Required},
        query::{exists, offset, size},
        read::{Read, plain_into, plain_struct, plain_value, repr},
        record::{FieldOf, Step},
        space::Space,
        types::{Bitfield, Bits, CChar, Flexible, field_type},
        whole::{Fields, Members},
        write::{Write, base_mut, store, write},
    };

    // No macro names these. They stand in the signatures of the above.
    pub use crate::{
        access::Got,
        comparison::Parameters,
        misuse::*,
        path::{Element, Member},
        place::{Array, FlexibleArray, Pointer, Unbounded},
        pointer::{
            kind::{Movable, PointerKind, ToField, ToRecord},
            recast::{Recast, Redeclares},
        },
        presence::{Access, Presence},
        record::Field,
        relocation::Subject,
        string::Characters,
    };
}
