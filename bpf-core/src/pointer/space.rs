//! The spaces of memory. A space says how an address is read, and which type a pointer has that is read
//! from there.
//!
//! Programs meet spaces as bounds and in error messages. The pointer that a read starts from has the
//! space in its type:
//!
//! | space | pointer | a field is read by |
//! |---|---|---|
//! | [`Kernel`] | `*const T`, `*mut T`, `&T`, `&mut T` | the helper `bpf_probe_read_kernel` |
//! | [`User`] | [`UserPtr`] | the helper `bpf_probe_read_user` |
//! | [`Trusted`] | [`TrustedPtr`](crate::TrustedPtr), [`TrustedMut`](crate::TrustedMut) | a load |
//! | [`Cast`] | [`CastPtr`](crate::CastPtr) | a load, and the helper where that gives zero |
//!
//! The helpers take any address, and fail on one that is not mapped.

use core::{convert::identity, marker::PhantomData, mem::MaybeUninit};

pub use crate::{
    pointer::base::Base,
    pointer::{
        cast::Cast,
        trusted::{BaseMut, Trusted},
    },
};

use crate::{
    contract::relocation::{ByteSize, info},
    error::{Code, ReadError},
    path::{Path, field_ptr},
    pointer::{helper, user::UserPtr},
    sealed::Sealed,
    types::plain::Plain,
};

/// A space of memory. This crate alone implements it.
pub trait Space: Sealed + Sized {
    /// The type that a `*const T` has when it is read from here.
    type Const<T>;

    /// The type that a `*mut T` has when it is read from here.
    type Mut<T>;

    /// The space that a raw pointer points to when it is read from here.
    type Behind: Space;

    /// Whether a read near the address 0 fails. In a process something may be there.
    #[doc(hidden)]
    const FAILS_AT_NULL: bool;

    /// An address of this space.
    #[doc(hidden)]
    fn pointer<T>(raw: *const u8) -> Self::Const<T>;

    /// Fills `len` bytes at `dst` from the address `src`.
    ///
    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    #[doc(hidden)]
    unsafe fn read(dst: *mut u8, len: usize, src: *const u8) -> Result<(), Code>;

    /// Copies the string at the address `src` to `dst`, cut at `len` bytes. Gives the bytes
    /// written, with the NUL that ends them.
    ///
    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    #[doc(hidden)]
    unsafe fn read_str(dst: *mut u8, len: usize, src: *const u8) -> Result<usize, Code>;

    /// The value at the address `src`.
    #[doc(hidden)]
    #[inline(always)]
    fn value<T: Plain>(src: *const u8) -> Result<T, Code> {
        copy::<Self, T>(src)
    }

    /// The address in the pointer at the address `src`, to read from there. It may be 0 where the pointer could not be
    /// read: the space behind it is one that fails there.
    #[doc(hidden)]
    #[inline(always)]
    fn address(src: *const u8) -> Result<usize, Code> {
        Self::value::<usize>(src)
    }

    /// The same as [`value`](Self::value), with the error that the user gets.
    #[doc(hidden)]
    fn checked_value<T: Plain>(src: *const u8) -> Result<T, ReadError>;

    /// The bytes of the integer at the end of `P` in the record at `base`, as an integer of 64
    /// bits: as many as the kernel's has.
    #[doc(hidden)]
    #[inline(always)]
    fn bytes<P: Path>(base: *const u8) -> Result<u64, Code> {
        let size = info::<ByteSize, P>() as usize;
        if size > size_of::<u64>() {
            return Err(Code::OVERFLOW);
        }
        let mut word = 0u64;
        let at = low_end(size, cfg!(target_endian = "big"));
        let to = (&raw mut word).cast::<u8>();
        // SAFETY: `size` bytes from `at` are in `word`.
        unsafe { Self::read(to.add(at), size, field_ptr::<P>(base)) }?;
        Ok(word)
    }
}

/// The value at the address `src`.
#[inline(always)]
pub(crate) fn copy<S: Space, T: Plain>(src: *const u8) -> Result<T, Code> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: `value` has room for a `T`.
    unsafe { S::read(value.as_mut_ptr().cast(), size_of::<T>(), src) }?;
    // SAFETY: the helper filled it, and every bit pattern is a `T`.
    Ok(unsafe { value.assume_init() })
}

/// Where the bytes of a field go in a `u64`, so that it holds the field's number.
#[inline(always)]
pub(crate) const fn low_end(size: usize, big_endian: bool) -> usize {
    match big_endian {
        true => size_of::<u64>() - size,
        false => 0,
    }
}

/// The memory of the kernel.
#[derive(Debug)]
pub enum Kernel {}

/// The memory of the process that runs. A pointer that is read from there is an address of the
/// process: the kernel must not follow it as its own.
#[derive(Debug)]
pub enum User {}

impl Sealed for Kernel {}
impl Sealed for User {}

macro_rules! spaces {
    ($(
        $space:ident<$t:ident>: $const:ty, $mut:ty, $pointer:expr, $fails_at_null:expr, $read:ident, $read_str:ident;
    )*) => {$(
        impl Space for $space {
            type Const<$t> = $const;
            type Mut<$t> = $mut;
            type Behind = Self;

            const FAILS_AT_NULL: bool = $fails_at_null;

            #[inline(always)]
            fn pointer<$t>(raw: *const u8) -> $const {
                $pointer(raw.cast())
            }

            // Short on purpose: the compiler inlines all of it into each read.
            #[expect(
                clippy::not_unsafe_ptr_arg_deref,
                reason = "the helpers take any address"
            )]
            #[inline(always)]
            fn checked_value<$t: Plain>(src: *const u8) -> Result<$t, ReadError> {
                let mut value = MaybeUninit::<$t>::uninit();
                let len = size_of::<$t>() as u32;
                // SAFETY: `value` has room for a `T`.
                match unsafe { helper::$read((&raw mut value).cast(), len, src) } {
                    // SAFETY: the helper filled it, and every bit pattern is a `T`.
                    0 => Ok(unsafe { value.assume_init() }),
                    // SAFETY: the helper gives 0 or the negative of an error number.
                    code => Err(unsafe { ReadError::from_helper(code) }),
                }
            }

            #[inline(always)]
            unsafe fn read(dst: *mut u8, len: usize, src: *const u8) -> Result<(), Code> {
                // SAFETY: as the caller's.
                match unsafe { helper::$read(dst, len as u32, src) } {
                    0 => Ok(()),
                    // SAFETY: the helper gives 0 or the negative of an error number.
                    code => Err(unsafe { Code::from_helper(code) }),
                }
            }

            #[inline(always)]
            unsafe fn read_str(
                dst: *mut u8,
                len: usize,
                src: *const u8,
            ) -> Result<usize, Code> {
                // SAFETY: as the caller's.
                match unsafe { helper::$read_str(dst, len as u32, src) } {
                    // SAFETY: what is below 0 is the negative of an error number.
                    code if code < 0 => Err(unsafe { Code::from_helper(code) }),
                    written => Ok(written as usize),
                }
            }
        }
    )*};
}

spaces! {
    Kernel<T>: *const T, *mut T, identity, true, probe_read_kernel, probe_read_kernel_str;
    User<T>: UserPtr<T>, UserPtr<T>, UserPtr::from_raw, false, probe_read_user, probe_read_user_str;
}

/// The address of a record, with its space.
#[doc(hidden)]
pub struct Address<S, T> {
    pub(crate) raw: *const T,
    pub(crate) space: PhantomData<S>,
}

impl<S, T> Address<S, T> {
    #[inline(always)]
    pub(crate) const fn new(raw: *const T) -> Self {
        let space = PhantomData;
        Self { raw, space }
    }

    #[inline(always)]
    pub(crate) const fn raw(self) -> *const u8 {
        self.raw as *const u8
    }
}

impl<S, T> Clone for Address<S, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Address<S, T> {}

/// A pointer type, as the type of a field.
#[doc(hidden)]
pub trait Points {
    /// The space that the pointer points to when it is read from `S`.
    type In<S: Space>: Space;
}

impl<T> Points for *const T {
    type In<S: Space> = S::Behind;
}

impl<T> Points for *mut T {
    type In<S: Space> = S::Behind;
}

impl<T> Points for UserPtr<T> {
    type In<S: Space> = User;
}
