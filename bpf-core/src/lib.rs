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
//! With the feature `aya`, the contexts of aya-ebpf 0.2 give [`TrustedPtr`]s. [`aya_contexts!`] is for other
//! versions of aya-ebpf.
//!
//! On a host that is not BPF everything compiles, so that a program's own logic can be
//! tested there; a read gives `ENOSYS`, and no field exists.
//!
//! # What stays the same
//!
//! What a page shows stays until the next major version; what expanded macros name does not, and is in no page.
//! The derives implement [`CoreType`], [`CoreStruct`], [`CoreEnum`] and [`Named`], and these may get more functions:
//! do not implement them by hand. The traits of [`space`], [`list`] and [`registers`] are implemented by this
//! crate alone. [`Plain`] and [`BtfContext`] are for you to implement.
#![no_std]
// Whoever is shown a type, in a page or by the compiler, can find it.
#![warn(unnameable_types)]

// The derives name this crate as its users do.
extern crate self as bpf_core;

#[doc(hidden)]
pub mod contract;
pub mod types;

mod access;
mod error;
mod path;
mod pointer;
mod sealed;

pub use access::{
    list,
    probe::{probe_read_kernel, probe_read_kernel_str, probe_read_user, probe_read_user_str},
    query::{
        core_type_exists, core_type_id_kernel, core_type_id_local, core_type_matches,
        core_type_size,
    },
    registers,
};
pub use bpf_core_macros::{
    CoreEnum, CoreStruct, Plain, core_container_of, core_element_ptr, core_enum_value,
    core_enum_value_exists, core_field_exists, core_field_offset, core_field_ptr, core_field_size,
    core_list_entries, core_read, core_read_into, core_read_str, core_recast, core_write, kfuncs,
};
pub use error::{ErrorKind, ReadError, WriteError};
pub use pointer::{
    cast::{CastPtr, core_cast},
    context::{BtfArgs, BtfContext, StructOpsArgs, StructOpsContext},
    space,
    trusted::{TrustedMut, TrustedPtr},
    user::UserPtr,
};
pub use types::{CoreType, Named, enumeration::CoreEnum, plain::Plain, record::CoreStruct};

/// What expanded macros name. Not for use by hand: it changes with the macros.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        access::{
            Followed, behind,
            element::{element_ptr, shifted},
            finish, follow, follow_to_point,
            list::list,
            pointer,
            query::{enum_value, enum_value_exists, exists, offset, size},
            read,
            read::{Read, plain_into, plain_struct, plain_value, repr},
            read_field, read_into, read_str, result, stopped,
            whole::{Fields, Members},
            write::{Write, base_mut, store, write},
        },
        contract::{Piece, Text},
        error::Code,
        path::{
            Path,
            number::*,
            place::{At, Record, Scalar, fields, fields_behind, fields_of, member_place, place},
            presence::{Optional, Required},
        },
        pointer::{
            base::{base, fields_at},
            container::container_of,
            recast::{Declares, Name, recast},
            space::Space,
        },
        types::{
            Bitfield, Bits, CChar, Flexible,
            comparison::{BehindPointer, Declared, Function},
            enumeration::EnumeratorOf,
            field_type,
            plain::{PlainData, is_plain},
            record::{FieldOf, Step},
        },
    };

    // No macro names these. They stand in the signatures of the above.
    pub use crate::{
        access::{
            Got,
            element::{Elements, Index},
            string::Characters,
        },
        contract::relocation::Subject,
        path::{
            Element, Member,
            misuse::*,
            place::{Array, FlexibleArray, Pointer, Unbounded},
            presence::{Access, Presence},
        },
        pointer::{
            kind::{Movable, PointerKind, ToField, ToRecord},
            recast::{Recast, Redeclares},
        },
        types::{comparison::Parameters, record::Field},
    };
}
