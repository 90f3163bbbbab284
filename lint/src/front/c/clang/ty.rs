//! The types that libclang gives.

use std::marker::PhantomData;

use clang_sys::{CXType, CXTypeKind};

use super::text::owned;
use super::unit::Unit;

/// A type. It borrows from its unit.
#[derive(Clone, Copy)]
pub(in crate::front::c) struct Type<'u> {
    pub(super) raw: CXType,
    unit: PhantomData<&'u Unit>,
}

impl<'u> Type<'u> {
    pub(super) fn new(raw: CXType) -> Self {
        Self {
            raw,
            unit: PhantomData,
        }
    }

    /// The type behind `typedef`s and `typeof`s.
    pub(in crate::front::c) fn canonical(self) -> Self {
        // SAFETY: the unit is alive (`'u`); so it is in all functions below.
        Self::new(unsafe { clang_sys::clang_getCanonicalType(self.raw) })
    }

    /// What it is.
    pub(in crate::front::c) fn kind(self) -> CXTypeKind {
        self.raw.kind
    }

    /// As it is written.
    pub(in crate::front::c) fn name(self) -> String {
        // SAFETY: see `canonical`.
        owned(unsafe { clang_sys::clang_getTypeSpelling(self.raw) })
    }

    /// What a pointer points to.
    pub(in crate::front::c) fn pointee(self) -> Self {
        // SAFETY: see `canonical`; other types give an invalid one.
        Self::new(unsafe { clang_sys::clang_getPointeeType(self.raw) })
    }

    /// What an array is of.
    pub(in crate::front::c) fn element(self) -> Self {
        // SAFETY: see `canonical`; other types give an invalid one.
        Self::new(unsafe { clang_sys::clang_getArrayElementType(self.raw) })
    }

    /// Its bytes, if they are known.
    pub(in crate::front::c) fn size(self) -> Option<u64> {
        // SAFETY: see `canonical`; errors are negative numbers.
        u64::try_from(unsafe { clang_sys::clang_Type_getSizeOf(self.raw) }).ok()
    }

    /// Whether it cannot be written to.
    pub(in crate::front::c) fn is_const(self) -> bool {
        // SAFETY: see `canonical`.
        unsafe { clang_sys::clang_isConstQualifiedType(self.raw) != 0 }
    }
}
