//! Kernel memory and user memory: an address is of one or the other, and is read by the
//! helper for it (`include/uapi/linux/bpf.h`). Any address may be given to the helpers: they
//! fail on one that is not mapped.

use core::{convert::identity, fmt, marker::PhantomData, mem::MaybeUninit};

use crate::{
    error::ReadError,
    path::Path,
    relocation::{ByteSize, field_ptr, info},
    types::Plain,
};

/// Where an address is valid.
pub trait Space {
    /// What a `*const T` that was found here is.
    type Const<T>;

    /// What a `*mut T` that was found here is.
    type Mut<T>;

    /// Where a raw pointer that was found here points.
    type Behind: Space;

    /// An address of this space.
    #[doc(hidden)]
    fn pointer<T>(raw: *const u8) -> Self::Const<T>;

    /// Fills `len` bytes at `dst` from the address `src`.
    ///
    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    #[doc(hidden)]
    unsafe fn read(dst: *mut u8, len: usize, src: *const u8) -> Result<(), ReadError>;

    /// Copies the string at the address `src` to `dst`, cut at `len` bytes. Gives the bytes
    /// written, with the NUL that ends them.
    ///
    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    #[doc(hidden)]
    unsafe fn read_str(dst: *mut u8, len: usize, src: *const u8) -> Result<usize, ReadError>;

    /// The value at the address `src`.
    #[doc(hidden)]
    #[expect(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "the helpers take any address"
    )]
    #[inline(always)]
    fn value<T: Plain>(src: *const u8) -> Result<T, ReadError> {
        let mut value = MaybeUninit::<T>::uninit();
        // SAFETY: `value` has room for a `T`.
        unsafe { Self::read(value.as_mut_ptr().cast(), size_of::<T>(), src) }?;
        // SAFETY: the helper filled it, and every bit pattern is a `T`.
        Ok(unsafe { value.assume_init() })
    }

    /// The bytes of the integer at the end of `P` in the record at `base`, as an integer of 64
    /// bits: as many as the kernel's has.
    #[doc(hidden)]
    #[inline(always)]
    fn bytes<P: Path>(base: *const u8) -> Result<u64, ReadError> {
        let size = info::<ByteSize, P>() as usize;
        if size > size_of::<u64>() {
            return Err(ReadError::OVERFLOW);
        }
        let mut word = 0u64;
        let at = low_end(size, cfg!(target_endian = "big"));
        let to = (&raw mut word).cast::<u8>();
        // SAFETY: `size` bytes from `at` are in `word`.
        unsafe { Self::read(to.add(at), size, field_ptr::<P>(base)) }?;
        Ok(word)
    }
}

/// Where the bytes of a field go in a `u64`, so that it holds the field's number.
#[inline(always)]
pub(crate) const fn low_end(size: usize, big_endian: bool) -> usize {
    match big_endian {
        true => size_of::<u64>() - size,
        false => 0,
    }
}

/// Kernel memory.
pub enum Kernel {}

/// The memory of the process that runs. Its pointers are its own too: what is found there
/// may never be taken for an address of the kernel.
pub enum User {}

macro_rules! spaces {
    ($(
        $space:ident<$t:ident>: $const:ty, $mut:ty, $pointer:expr, $read:ident, $read_str:ident;
    )*) => {$(
        impl Space for $space {
            type Const<$t> = $const;
            type Mut<$t> = $mut;
            type Behind = Self;

            #[inline(always)]
            fn pointer<$t>(raw: *const u8) -> $const {
                $pointer(raw.cast())
            }

            #[inline(always)]
            unsafe fn read(dst: *mut u8, len: usize, src: *const u8) -> Result<(), ReadError> {
                // SAFETY: as the caller's.
                match unsafe { helper::$read(dst, len as u32, src) } {
                    0 => Ok(()),
                    // SAFETY: the helper gives 0 or the negative of an error number.
                    code => Err(unsafe { ReadError::from_helper(code) }),
                }
            }

            #[inline(always)]
            unsafe fn read_str(
                dst: *mut u8,
                len: usize,
                src: *const u8,
            ) -> Result<usize, ReadError> {
                // SAFETY: as the caller's.
                match unsafe { helper::$read_str(dst, len as u32, src) } {
                    // SAFETY: what is below 0 is the negative of an error number.
                    code if code < 0 => Err(unsafe { ReadError::from_helper(code) }),
                    written => Ok(written as usize),
                }
            }
        }
    )*};
}

spaces! {
    Kernel<T>: *const T, *mut T, identity, probe_read_kernel, probe_read_kernel_str;
    User<T>: UserPtr<T>, UserPtr<T>, UserPtr, probe_read_user, probe_read_user_str;
}

/// An address in user memory: `T __user *` of the kernel. It cannot be read as kernel
/// memory, nor the reverse.
///
/// A `core_read!` may start from it, and a field may have its type. It is as large as any
/// pointer, and every address is one.
#[repr(transparent)]
pub struct UserPtr<T>(*const T);

impl<T> UserPtr<T> {
    /// The address as a register or an argument has it.
    #[inline(always)]
    pub const fn new(address: u64) -> Self {
        Self(address as *const T)
    }

    /// The address.
    #[inline(always)]
    pub fn address(self) -> u64 {
        self.0 as u64
    }

    /// Whether it is null.
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The same address, of something else.
    #[inline(always)]
    pub const fn cast<U>(self) -> UserPtr<U> {
        UserPtr(self.0.cast())
    }
}

impl<T> Clone for UserPtr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UserPtr<T> {}

impl<T> PartialEq for UserPtr<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for UserPtr<T> {}

impl<T> fmt::Debug for UserPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserPtr({:p})", self.0)
    }
}

/// An address in one of the spaces, where a record begins.
pub struct Address<S, T> {
    raw: *const T,
    space: PhantomData<S>,
}

impl<S, T> Address<S, T> {
    #[inline(always)]
    pub(crate) const fn new(raw: *const T) -> Self {
        let space = PhantomData;
        Self { raw, space }
    }

    #[inline(always)]
    pub(crate) const fn raw(self) -> *const u8 {
        self.raw.cast()
    }
}

impl<S, T> Clone for Address<S, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Address<S, T> {}

impl<T> Address<User, T> {
    #[inline(always)]
    pub(crate) const fn of_user(pointer: UserPtr<T>) -> Self {
        Self::new(pointer.0)
    }
}

/// A pointer type, with what it says of where it points.
pub trait Points {
    /// Where a pointer found in `S` points.
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

#[cfg(target_arch = "bpf")]
mod helper {
    macro_rules! helpers {
        ($($name:ident = $number:literal;)*) => {$(
            #[inline(always)]
            pub(super) unsafe fn $name(dst: *mut u8, len: u32, src: *const u8) -> i64 {
                // SAFETY: a call of a constant address is a helper call in BPF, and
                // its number is the address.
                let helper: unsafe extern "C" fn(*mut u8, u32, *const u8) -> i64 =
                    unsafe { core::mem::transmute($number as usize) };
                // SAFETY: as the caller's.
                unsafe { helper(dst, len, src) }
            }
        )*};
    }

    helpers! {
        probe_read_user = 112;
        probe_read_kernel = 113;
        probe_read_user_str = 114;
        probe_read_kernel_str = 115;
    }
}

#[cfg(not(target_arch = "bpf"))]
mod helper {
    const ENOSYS: i64 = -38;

    macro_rules! helpers {
        ($($name:ident)*) => {$(
            pub(super) unsafe fn $name(_dst: *mut u8, _len: u32, _src: *const u8) -> i64 {
                ENOSYS
            }
        )*};
    }

    helpers!(probe_read_user probe_read_kernel probe_read_user_str probe_read_kernel_str);
}
