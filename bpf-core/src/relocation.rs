//! The calls that the linker turns into relocations.
//!
//! One path and kind is one function, never inlined by rustc: so its call of the
//! marker has a constant descriptor whatever the optimiser does, and no two
//! relocations can be merged. The linker makes these functions `alwaysinline`.

use core::marker::PhantomData;

use crate::{descriptor::Text, path::Path};

/// What a relocation asks for.
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
    /// 1 when the target has the field, else 0.
    FieldExists = "field_exists";
}

struct Descriptor<K, P>(PhantomData<(K, P)>);

impl<K: Kind, P: Path> Descriptor<K, P> {
    const TEXT: Text = Text::EMPTY.str(K::NAME).str(" ").text(&P::TEXT);
    const LEN: usize = Self::TEXT.len();

    // A generic constant cannot be as long as another constant says: the smallest
    // of a few sizes keeps the zeros behind the text out of the object.
    const HEAD_64: &'static [u8; 64] = &Self::TEXT.head();
    const HEAD_128: &'static [u8; 128] = &Self::TEXT.head();
    const HEAD_256: &'static [u8; 256] = &Self::TEXT.head();
    const HEAD_1024: &'static [u8; 1024] = &Self::TEXT.head();
    const HEAD_MAX: &'static [u8; crate::descriptor::CAPACITY] = &Self::TEXT.head();

    const START: *const u8 = match Self::LEN {
        0..=64 => Self::HEAD_64.as_ptr(),
        65..=128 => Self::HEAD_128.as_ptr(),
        129..=256 => Self::HEAD_256.as_ptr(),
        257..=1024 => Self::HEAD_1024.as_ptr(),
        _ => Self::HEAD_MAX.as_ptr(),
    };
}

/// The address of the field at the end of `P`, in the record at `base`.
#[inline(never)]
#[cfg(target_arch = "bpf")]
pub(crate) fn field_ptr<P: Path>(base: *const u8) -> *const u8 {
    unsafe extern "C" {
        // `descriptor::FIELD_PTR`
        fn __bpf_core_v1_field_ptr(desc: *const u8, len: usize, base: *const u8) -> *const u8;
    }
    // SAFETY: the linker replaces the call by an addition.
    unsafe {
        __bpf_core_v1_field_ptr(
            Descriptor::<ByteOff, P>::START,
            Descriptor::<ByteOff, P>::LEN,
            base,
        )
    }
}

/// Whether the kernel has the field at the end of `P`.
#[inline(never)]
#[cfg(target_arch = "bpf")]
pub(crate) fn field_exists<P: Path>() -> bool {
    unsafe extern "C" {
        // `descriptor::INFO`
        fn __bpf_core_v1_info(desc: *const u8, len: usize) -> u64;
    }
    // SAFETY: the linker replaces the call by a constant.
    unsafe {
        __bpf_core_v1_info(
            Descriptor::<FieldExists, P>::START,
            Descriptor::<FieldExists, P>::LEN,
        ) != 0
    }
}

// Where there is no kernel to ask, as in a unit test of a program's own code: the
// descriptors are checked, no field is there, and every read fails.

#[cfg(not(target_arch = "bpf"))]
pub(crate) fn field_ptr<P: Path>(base: *const u8) -> *const u8 {
    let _ = Descriptor::<ByteOff, P>::START;
    base
}

#[cfg(not(target_arch = "bpf"))]
pub(crate) fn field_exists<P: Path>() -> bool {
    let _ = Descriptor::<FieldExists, P>::START;
    false
}
