//! The contract between this crate and `bpf-core-linker`: what a relocation
//! asks for, as text, and the two undefined functions that carry it.
//!
//! A macro of this crate leaves a call of [`FIELD_PTR`] or [`INFO`] behind. Its
//! first two arguments are the address and the length of a constant string, the
//! *descriptor*; the linker replaces the call by LLVM's preserve-access
//! intrinsics, from which LLVM's BPF backend makes the `.BTF.ext` record.
//!
//! ```text
//! descriptor = kind " " type step*
//!            | "type_matches " whole
//! kind       = "byte_off" | "byte_sz" | "field_exists" | "signed" | "lshift_u64"
//!            | "rshift_u64" | "type_id_local" | "type_id_target" | "type_exists"
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

/// `ptr FIELD_PTR(ptr desc, i64 len, ptr base)`: the address of the field in the
/// record at `base`. Its descriptor is of kind `byte_off`.
pub const FIELD_PTR: &str = "__bpf_core_v1_field_ptr";

/// `i64 INFO(ptr desc, i64 len)`: the number that the descriptor asks for.
pub const INFO: &str = "__bpf_core_v1_info";

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

/// A descriptor under construction in a constant.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self {
        bytes: [0; CAPACITY],
        len: 0,
    };

    /// This text with `s` behind it.
    pub const fn str(self, s: &str) -> Self {
        self.push(s.as_bytes(), s.len())
    }

    /// This text with `other` behind it.
    pub const fn text(self, other: &Self) -> Self {
        self.push(&other.bytes, other.len)
    }

    const fn push(mut self, from: &[u8], len: usize) -> Self {
        assert!(
            self.len + len <= CAPACITY,
            "access path or declaration too long"
        );
        let mut i = 0;
        while i < len {
            self.bytes[self.len] = from[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// This text with `n` behind it, in decimal.
    pub const fn number(self, n: usize) -> Self {
        let text = if n >= 10 { self.number(n / 10) } else { self };
        let digit = [b'0' + (n % 10) as u8];
        match core::str::from_utf8(&digit) {
            Ok(digit) => text.str(digit),
            Err(_) => unreachable!(),
        }
    }

    /// Bytes in the text.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it is `ty`, or a flavour of it.
    pub(crate) const fn is_declaration_of(&self, ty: &str) -> bool {
        let ty = ty.as_bytes();
        if self.len < ty.len() {
            return false;
        }
        let mut i = 0;
        while i < ty.len() {
            if self.bytes[i] != ty[i] {
                return false;
            }
            i += 1;
        }
        // The room is larger than any name, and zero behind the text.
        self.len == i
            || (self.bytes[i] == b'_' && self.bytes[i + 1] == b'_' && self.bytes[i + 2] == b'_')
    }

    /// The first `N` bytes of the room, so that a constant need not be as large
    /// as [`CAPACITY`].
    pub const fn head<const N: usize>(&self) -> [u8; N] {
        let mut head = [0; N];
        let mut i = 0;
        while i < N && i < self.len {
            head[i] = self.bytes[i];
            i += 1;
        }
        head
    }
}
