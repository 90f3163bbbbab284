//! Kernel types that are called as a parameter of what the derives expand to.
#![allow(non_camel_case_types)]
#![deny(warnings)]

use std::mem::ManuallyDrop;

use bpf_core::*;

#[derive(CoreStruct)]
struct S {
    p: P,
    t: T,
    q: Q,
}

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct P {
    number: u32,
}

#[derive(CoreEnum)]
#[repr(u32)]
enum T {
    L,
}

#[derive(CoreStruct)]
union Q {
    // As rustc wants a struct that is not `Copy`.
    n: ManuallyDrop<N>,
    number: u64,
}

#[derive(CoreStruct)]
struct N {
    f: *const S,
}

fn reads(s: *const S) -> Result<(), ReadError> {
    let _: P = core_read!(s, p)?;
    let _: u32 = core_read!(s, t)?;
    let _: *const S = core_read!(s, q.n.f)?;
    let N { .. } = core_read!(s, q.n)?;
    Ok(())
}

fn main() {
    assert!(reads(core::ptr::null()).is_err());
    assert_eq!(core_enum_value!(T::L), 0);
    assert!(!core_type_matches::<Q>());
}
