//! Pointers to the memory of the process that runs.

use core::fmt;

use crate::pointer::space::{Address, User};

/// An address in user memory: `T __user *` of the kernel. It cannot be read as kernel memory, and a
/// kernel pointer cannot be read as user memory.
///
/// [`core_read!`](crate::core_read) and its sisters may start from it, and a field may have its
/// type. It has the size of any pointer, and every address is a valid one.
#[repr(transparent)]
pub struct UserPtr<T>(*const T);

impl<T> UserPtr<T> {
    #[inline(always)]
    pub(crate) const fn from_raw(raw: *const T) -> Self {
        Self(raw)
    }

    /// A pointer to `address`, which a register or an argument holds.
    #[inline(always)]
    pub const fn new(address: u64) -> Self {
        Self(address as *const T)
    }

    /// The address as a number.
    #[inline(always)]
    pub fn address(self) -> u64 {
        self.0 as u64
    }

    /// Whether it is null.
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The same address, for another type.
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

// SAFETY: an address alone. Memory behind it is copied by a helper of the kernel, on any processor.
unsafe impl<T> Send for UserPtr<T> {}

// SAFETY: as above. A map is a `static`, and may have it in its keys and values.
unsafe impl<T> Sync for UserPtr<T> {}

impl<T> fmt::Debug for UserPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserPtr({:p})", self.0)
    }
}

impl<T> Address<User, T> {
    #[inline(always)]
    pub(crate) const fn of_user(pointer: UserPtr<T>) -> Self {
        Self::new(pointer.0)
    }
}
