//! Keeps traits to this crate: a program names them as bounds, and cannot implement them. So they may get
//! more functions without a new major version.
//!
//! ```compile_fail,E0277
//! struct Mine;
//!
//! impl bpf_core::list::Node for Mine {
//!     fn next(node: *const Self) -> Result<*const Self, bpf_core::ReadError> {
//!         Ok(node)
//!     }
//! }
//! ```

/// Nobody else can name it.
#[expect(unnameable_types, reason = "whoever can name it can implement it")]
pub trait Sealed {}

impl<T> Sealed for *const T {}
impl<T> Sealed for *mut T {}
impl<T> Sealed for &T {}
impl<T> Sealed for &mut T {}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl Sealed for $int {}
    )*};
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
