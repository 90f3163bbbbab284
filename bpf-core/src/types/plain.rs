//! Plain memory: types that a single copy of bytes reads.

use crate::pointer::user::UserPtr;

/// A type whose bytes are a value of it, whatever they are, so that one copy reads it.
///
/// Integers, raw pointers, [`UserPtr`]s and arrays of these are plain. `#[derive(Plain)]` checks and
/// implements it for a struct of your own.
///
/// A plain struct is for what the kernel shares with user space (`include/uapi`): its layout is part
/// of the ABI, and the same on every kernel. It may then also be the type of a field in a
/// `#[derive(CoreStruct)]`, which reads it as a whole. A struct of the kernel's own has another
/// layout on another kernel: it needs `#[derive(CoreStruct)]`.
///
/// # Safety
/// Every pattern of bits is a value of the type: no `bool`, enum, reference or `NonZero` is in it.
/// There is no padding: a read fills every byte, and a program may copy every byte out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as a whole",
    label = "not plain memory",
    note = "integers, raw pointers, arrays of these and types with `#[derive(Plain)]` can; read anything \
            else field by field"
)]
pub unsafe trait Plain: Copy {}

/// A [`Plain`] type without raw pointers: it means the same in kernel memory and in user memory.
///
/// A raw pointer that is found in user memory is an address of the process, and not of the kernel. A
/// [`UserPtr`] is one of the process everywhere.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as a whole",
    label = "not plain memory",
    note = "integers, `UserPtr`s, arrays of these and types with `#[derive(Plain)]` can; read anything else \
            field by field"
)]
pub trait PlainData: Plain {
    /// Whether a field of `size` bytes in the kernel holds such a value. Asked only of types whose
    /// size a kernel may have otherwise.
    #[doc(hidden)]
    #[inline(always)]
    fn is_held_in(_size: impl FnOnce() -> usize) -> bool {
        true
    }
}

/// What the derive checks of each field.
#[inline(always)]
pub const fn is_plain<T: PlainData>() {}

macro_rules! integers {
    ($($int:ident)*) => {$(
        // SAFETY: an integer.
        #[diagnostic::do_not_recommend]
        unsafe impl Plain for $int {}

        #[diagnostic::do_not_recommend]
        impl PlainData for $int {}
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        // SAFETY: a pointer, which may hold any address.
        #[diagnostic::do_not_recommend]
        unsafe impl<T> Plain for $pointer {}
    )*};
}

pointers!(*const T *mut T UserPtr<T>);

#[diagnostic::do_not_recommend]
impl<T> PlainData for UserPtr<T> {}

// SAFETY: plain elements, with nothing in between.
#[diagnostic::do_not_recommend]
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

#[diagnostic::do_not_recommend]
impl<T: PlainData, const N: usize> PlainData for [T; N] {
    /// The elements stand as far from each other as in the kernel.
    #[inline(always)]
    fn is_held_in(size: impl FnOnce() -> usize) -> bool {
        T::is_held_in(|| match size() {
            size if size == size_of::<Self>() => size_of::<T>(),
            _ => 0,
        })
    }
}
