//! The calls that the linker turns into relocations.
//!
//! Two relocations are calls of two functions. No optimiser makes one call of two, as it would with
//! two calls of one function whose arguments differ. Most fields have a marker of their own. Any
//! other path and kind has a function that rustc never inlines, and in it the call of a marker with
//! a constant descriptor. The linker makes these functions `alwaysinline`.

use core::{hint::assert_unchecked, marker::PhantomData};

use crate::{
    descriptor::{CAPACITY, Piece, Text},
    path::Path,
};

/// What a relocation is about: a place in a record, a type, an enumerator.
pub trait Subject {
    /// As [`descriptor`](crate::descriptor) writes it.
    const TEXT: Text;
}

/// What a relocation asks of it.
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
    /// The id of a type in the object's own BTF.
    TypeIdLocal = "type_id_local";
    /// The id of a type in the target's BTF.
    TypeIdTarget = "type_id_target";
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

    // A function, of which the compiler computes only what is called: all sizes, as constants,
    // would be made for every path.
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

/// A function that gives what the loader knows of the kernel.
pub(crate) type Info = extern "C" fn() -> u64;

/// The address of the field at the end of `P`, in the record at `base`.
#[inline(always)]
pub(crate) fn field_ptr<P: Path>(base: *const u8) -> *const u8 {
    (P::FIELD_PTR)(base)
}

/// The number that the loader puts there, as the kernel's BTF has it.
#[inline(always)]
pub(crate) fn info<K: Kind, S: Subject>() -> u64 {
    described_info::<K, S>()
}

/// [`Path::FIELD_PTR`], by a descriptor that the compiler composes.
#[inline(never)]
pub(crate) extern "C" fn described_field_ptr<P: Path>(base: *const u8) -> *const u8 {
    let (_start, _len) = Descriptor::<ByteOff, P>::BYTES;
    #[cfg(target_arch = "bpf")]
    {
        unsafe extern "C" {
            // `descriptor::FIELD_PTR`
            fn __bpf_core_v1_field_ptr(desc: *const u8, len: usize, base: *const u8) -> *const u8;
        }
        // SAFETY: the linker replaces the call by an addition.
        unsafe { __bpf_core_v1_field_ptr(_start, _len, base) }
    }
    // A unit test of a program's own code runs where there is no kernel, and every read fails.
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
            // `descriptor::INFO`
            fn __bpf_core_v1_info(desc: *const u8, len: usize) -> u64;
        }
        // SAFETY: the linker replaces the call by a constant.
        unsafe { __bpf_core_v1_info(_start, _len) }
    }
    // As above: nothing is there.
    #[cfg(not(target_arch = "bpf"))]
    0
}

/// The answer to a question that has two.
#[inline(always)]
pub(crate) fn is<K: Kind, S: Subject>() -> bool {
    is_yes(info::<K, S>())
}

#[inline(always)]
fn is_yes(answer: u64) -> bool {
    // SAFETY: the loader puts 0 or 1 there (`bpf_core_calc_relo` in libbpf's `relo_core.c`).
    unsafe { assert_unchecked(answer <= 1) };
    answer != 0
}

/// Whether the kernel has the field at the end of `P`.
#[inline(always)]
pub(crate) fn field_exists<P: Path>() -> bool {
    is_yes((P::FIELD_EXISTS)())
}
