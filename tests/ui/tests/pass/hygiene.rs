//! Names of the user that are also names in what the macros expand to.
#![allow(non_camel_case_types)]
#![deny(warnings, dead_code)]
#![forbid(unsafe_code)]

use bpf_core as kernel;

/// Everything that the expansion could mean by accident.
#[allow(dead_code, non_upper_case_globals)]
mod shadows {
    pub type Result = i8;
    pub type Option = i16;
    pub type u8 = [i32; 0];
    pub type u32 = ();
    pub type usize = ();
    pub type str = ();
    pub type bool = ();
    pub struct Self_;

    pub fn base() {}
    pub fn fields() {}
    pub fn drop() {}

    pub mod core {}
    pub mod std {}
    pub mod bpf_core {}

    pub const Ok: i32 = 1;
    pub const Err: i32 = 2;
    pub const Some: i32 = 3;
    pub const None: i32 = 4;
    pub const place: i32 = 5;
    pub const field: i32 = 6;
    pub const shape: usize_ = 7;
    pub const why: i32 = 8;
    pub const dst: i32 = 9;
    pub const index: usize_ = 3;

    pub type usize_ = ::core::primitive::usize;

    /// Methods that every type has.
    pub trait Everywhere: Sized {
        fn fields(self) -> Self {
            self
        }
        fn member(self) -> Self {
            self
        }
        fn dot(self) -> Self {
            self
        }
        fn comma(self) -> Self {
            self
        }
        fn elements(self) -> Self {
            self
        }
        fn element(self) -> Self {
            self
        }
        fn address(self) -> Self {
            self
        }
        fn read(self) -> Self {
            self
        }
        fn str(self) -> Self {
            self
        }
    }

    impl<T> Everywhere for T {}

    #[macro_export]
    macro_rules! compile_error {
        ($($_:tt)*) => {};
    }
}

/// The derives and the macros where all of those are in scope.
mod user {
    #[allow(unused_imports)]
    use super::shadows::{self, *};
    use super::kernel::{
        CoreEnum, CoreStruct, core_field_exists, core_field_ptr, core_read, core_read_into,
        core_read_str,
    };

    #[derive(CoreEnum)]
    #[repr(u32)]
    pub enum state {
        RUNNING,
    }

    #[derive(CoreStruct)]
    pub struct inner {
        pub value: i64,
        pub bytes: [i8; 8],
    }

    // Fields with the names of ours, too.
    #[derive(CoreStruct)]
    #[allow(non_snake_case)]
    pub struct node {
        pub base: *const node,
        pub place: i32,
        pub field: inner,
        pub fields: [inner; 2],
        pub state: state,
        #[core(optional)]
        pub dst: *mut node,
        pub core: i64,
        pub Ok: i64,
    }

    pub fn read(
        base: *const node,
    ) -> ::core::result::Result<i64, super::kernel::ReadError> {
        let mut place_ = 0;
        core_read_into!(&mut place_, base, base, place)?;
        let mut buf = [0; 16];
        core_read_str!(&mut buf, base, base, field.bytes)?;
        let _ = core_field_ptr!(base, base, field.bytes[index])?;
        let _: ::core::option::Option<i32> = core_read!(base, dst, place)?;
        let _: ::core::primitive::u32 = core_read!(base, state)?;
        let _: inner = core_read!(base, field)?;
        let _: i8 = core_read!(base, field.bytes[shape])?;
        // A constant for sure.
        let _: i8 = core_read!(base, field.bytes[super::shadows::shape])?;
        let _: ::core::primitive::bool = core_field_exists!(node, field.bytes[shape]);
        let _: i64 = core_read!(base, Ok)?;
        core_read!(base, base, base, fields[1].value)
    }
}

fn main() {
    let error = user::read(std::ptr::null()).map_err(kernel::ReadError::errno);
    assert_eq!(error, Err(38));
    let _ = (shadows::Ok, shadows::Err, shadows::Some, shadows::None);
}
