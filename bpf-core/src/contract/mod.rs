//! The contract between this crate and `bpf-core-linker`: the grammar of descriptors and the names of
//! markers.
//!
//! A *marker* is a function that nobody defines. Each access calls one, and so hands a text to the
//! linker: the *descriptor*, which says what the relocation asks for. The linker replaces the call by
//! LLVM's preserve-access intrinsics. LLVM's BPF backend makes the `.BTF.ext` record from them. The text
//! gets to the linker in one of two ways:
//!
//! - The symbol of the marker has it, behind [`FIELD_PREFIX`]. A derive knows the text of most
//!   fields, and declares such a marker for each.
//! - The compiler composes the text of any other path in a constant. Its address and its length are
//!   the first two arguments of [`FIELD_PTR`] or [`INFO`].
//!
//! ```text
//! descriptor = kind " " type step*
//!            | "type_matches " whole
//! kind       = "byte_off" | "byte_sz" | "field_exists" | "signed" | "lshift_u64"
//!            | "rshift_u64" | "local_type_id" | "target_type_id" | "type_exists"
//!            | "type_size" | "enumval_exists" | "enumval_value"
//! step       = "." name ":" type       member, with the type it has
//!            | "[" number "]"          element of the array before it
//!            | "." name "=" number     enumerator, after an enum
//! type       = "u8" | "u16" | "u32" | "u64" | "u128"
//!            | "i8" | "i16" | "i32" | "i64" | "i128" | "bool" | "void"
//!            | "*" type                pointer; a record behind it is a name only
//!            | "[" number "]" type     array; 0 elements: flexible
//!            | "struct " name | "union " name
//!            | "typedef struct " name | "typedef union " name
//!                                      typedef of an unnamed record
//!            | "enum " name "/" type   C enum, with the integer that holds it
//! name       = C identifier, which may end in a flavour: task_struct___v5
//!
//! whole      = record "{" (name ":" part ",")* "}"
//!            | "enum " name "/" type "{" (name "=" number ",")* "}"
//! part       = whole | "*" part | "[" number "]" part
//!            | "u8" | ... | "bool"     as above: `u64` is C's `unsigned long long`
//!            | "usize" | "isize"       C's `unsigned long` and `long`
//!            | "char"                  C's `char`
//!            | record | "void"         behind a pointer; of a record, only the name counts
//!            | "fn(" (part ",")* ")" part   the same, with parameters and result
//! record     = "struct " name | ... | "typedef union " name   as above
//! ```
//!
//! The names of the kinds are libbpf's (`core_relo_kind_str` in `relo_core.c`).
//! The text says nothing of offsets: the linker lays the local type out itself.
//!
//! `byte_off struct task_struct.se:struct sched_entity.vruntime:u64` is an
//! example, `field_exists struct cpumask.bits:[1]u64[0]` another, and
//! `type_matches struct list_head{next:*struct list_head,prev:*struct list_head,}` a third.

pub(crate) mod relocation;
mod text;

pub use text::{Piece, Text};

/// `ptr FIELD_PTR(ptr desc, i64 len, ptr base)`: the address of the field in the
/// record at `base`. Its descriptor is of kind `byte_off`.
pub const FIELD_PTR: &str = "__bpf_core_v1_field_ptr";

/// `i64 INFO(ptr desc, i64 len)`: the number that the descriptor asks for.
pub const INFO: &str = "__bpf_core_v1_info";

/// What the symbol of a marker for one field starts with. Behind it is the descriptor: of kind
/// `byte_off` for `ptr MARKER(ptr base)`, which is the address of the field in the record at
/// `base`, and of another kind for `i64 MARKER()`.
pub const FIELD_PREFIX: &str = "__bpf_core_v1_field ";

/// What every marker of every version starts with, so that a linker can tell one
/// that it does not know.
pub const MARKER_PREFIX: &str = "__bpf_core_v";

/// What the symbol of a kernel function starts with that `kfuncs!` declares; behind it is its
/// prototype, from which the linker makes the name and the BTF.
///
/// ```text
/// prototype = name "(" [type ("," type)*] ")" ("void" | type)
/// type      = "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "bool"
///           | "*" type | "*void" | "*struct " name
/// ```
pub const KFUNC_PREFIX: &str = "__bpf_core_v1_kfunc ";

/// Room for the longest descriptor, in bytes.
pub const CAPACITY: usize = 4096;
