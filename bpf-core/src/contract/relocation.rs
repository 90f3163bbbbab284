//! The marker calls, which the linker turns into relocations.
//!
//! Two relocations call two functions. An optimiser may merge two calls of one function whose
//! arguments differ, but not calls of two functions. Most fields have a marker of their own. Every
//! other path and kind has a function that rustc never inlines; this function calls a marker with a
//! constant descriptor. The linker makes these functions `alwaysinline`.

use core::{hint::assert_unchecked, marker::PhantomData};

use crate::contract::{CAPACITY, Piece, Text};

/// The subject of a relocation: a place in a record, a type, or an enumerator.
pub trait Subject {
    /// In the grammar of [`contract`](crate::contract).
    const TEXT: Text;
}

/// The question that a relocation asks of its subject.
pub(crate) trait Kind {
    /// libbpf's name.
    const NAME: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) enum $kind {}
        impl Kind for $kind {
            const NAME: &'static str = $name;
        }
    )*};
}

kinds! {
    /// Where a field is, in bytes from the start of the root record.
    ByteOff = "byte_off";
    /// Its size in bytes.
    ByteSize = "byte_sz";
    /// 1 when the target has the field, else 0.
    FieldExists = "field_exists";
    /// 1 when the field is a signed integer, else 0.
    Signed = "signed";
    /// By how much a 64-bit load of the field is shifted to the left, to lose what stands
    /// above it.
    LshiftU64 = "lshift_u64";
    /// By how much it is then shifted to the right, to lose what stands below.
    RshiftU64 = "rshift_u64";
    /// The same, of a signed field. It is a function of its own, or the compiler takes the call out of both ways
    /// of a branch on the sign, and makes no branch of what is left.
    RshiftI64 = "rshift_u64";
    /// The id of a type in the object's own BTF.
    TypeIdLocal = "local_type_id";
    /// The id of a type in the target's BTF.
    TypeIdTarget = "target_type_id";
    /// 1 when the target has the type, else 0.
    TypeExists = "type_exists";
    /// The size of a type in bytes.
    TypeSize = "type_size";
    /// 1 when the target's type has all that the local one has, else 0.
    TypeMatches = "type_matches";
    /// 1 when the target's enum has the enumerator, else 0.
    EnumvalExists = "enumval_exists";
    /// The value of an enumerator.
    EnumvalValue = "enumval_value";
}

struct Descriptor<K, S>(PhantomData<(K, S)>);

impl<K: Kind, S: Subject> Descriptor<K, S> {
    /// Where it starts, and its length. One constant, as each takes the compiler time.
    const BYTES: (*const u8, usize) = Self::bytes();

    const fn bytes() -> (*const u8, usize) {
        let len = K::NAME.len() + 1 + S::TEXT.len();
        assert!(len <= CAPACITY, "access path or declaration too long");
        // A generic constant cannot be as long as another constant says: the smallest
        // of a few sizes keeps the zeros behind the text out of the object.
        let start = match len {
            0..=64 => Self::start::<64>(),
            65..=128 => Self::start::<128>(),
            129..=256 => Self::start::<256>(),
            257..=1024 => Self::start::<1024>(),
            _ => Self::start::<CAPACITY>(),
        };
        (start, len)
    }

    // A function and no constant: the compiler would make constants of all sizes for each path.
    const fn start<const N: usize>() -> *const u8 {
        const {
            &{
                let mut room = [0; N];
                Text(&[Piece::Str(K::NAME), Piece::Str(" "), Piece::Text(S::TEXT)])
                    .write(&mut room);
                room
            }
        }
        .as_ptr()
    }
}

/// A function that gives the address of a field in the record at an address.
pub(crate) type FieldPtr = extern "C" fn(*const u8) -> *const u8;

/// A function that gives the loader's answer about the kernel.
pub(crate) type Info = extern "C" fn() -> u64;

/// The number that the loader writes there, from the kernel's BTF.
#[inline(always)]
pub(crate) fn info<K: Kind, S: Subject>() -> u64 {
    described_info::<K, S>()
}

/// The address of the field `P` in the record at `base`, by a descriptor that the compiler composes.
#[inline(never)]
pub(crate) extern "C" fn described_field_ptr<P: Subject>(base: *const u8) -> *const u8 {
    let (_start, _len) = Descriptor::<ByteOff, P>::BYTES;
    #[cfg(target_arch = "bpf")]
    {
        unsafe extern "C" {
            // `contract::FIELD_PTR`
            fn __bpf_core_v1_field_ptr(desc: *const u8, len: usize, base: *const u8) -> *const u8;
        }
        // SAFETY: the linker replaces the call by an addition.
        unsafe { __bpf_core_v1_field_ptr(_start, _len, base) }
    }
    // On a host there is no kernel, and every read fails.
    #[cfg(not(target_arch = "bpf"))]
    base
}

/// [`info`], by a descriptor that the compiler composes.
#[inline(never)]
pub(crate) extern "C" fn described_info<K: Kind, S: Subject>() -> u64 {
    let (_start, _len) = Descriptor::<K, S>::BYTES;
    #[cfg(target_arch = "bpf")]
    {
        unsafe extern "C" {
            // `contract::INFO`
            fn __bpf_core_v1_info(desc: *const u8, len: usize) -> u64;
        }
        // SAFETY: the linker replaces the call by a constant.
        unsafe { __bpf_core_v1_info(_start, _len) }
    }
    // On a host no field exists.
    #[cfg(not(target_arch = "bpf"))]
    0
}

/// The answer to a question that has two.
#[inline(always)]
pub(crate) fn is<K: Kind, S: Subject>() -> bool {
    is_yes(info::<K, S>())
}

/// A number that is 0 or 1, as a `bool`.
#[inline(always)]
pub(crate) fn is_yes(answer: u64) -> bool {
    // SAFETY: the loader puts 0 or 1 there (`bpf_core_calc_relo` in libbpf's `relo_core.c`).
    unsafe { assert_unchecked(answer <= 1) };
    answer != 0
}
