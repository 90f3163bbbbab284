//! An index that is known at run time stands where a constant can.
#![allow(non_camel_case_types)]
#![deny(warnings)]

use bpf_core::*;

#[derive(CoreStruct)]
struct fdtable {
    numbers: [upid; 4],
    table: [[u32; 4]; 4],
    fds: [*const fdtable; 64],
    #[core(optional)]
    flexible: [u64; 0],
}

#[derive(CoreStruct)]
struct upid {
    nr: i32,
}

fn reads(at: *const fdtable, level: u32, fd: i32) -> Result<(), ReadError> {
    let _: i32 = core_read!(at, numbers[level].nr)?;
    let _: i32 = core_read!(at, numbers[level as usize % 4].nr)?;
    let _: i32 = core_read!(at, numbers[core_read!(at, table[0][0])?].nr)?;
    let _: i32 = core_read!(at, fds[fd], fds[level], numbers[1].nr)?;
    let _: u32 = core_read!(at, table[1][level])?;
    let _: u32 = core_read!(at, table[level][fd])?;
    let _: Option<u64> = core_read!(at, fds[fd], flexible[level])?;
    let _: *const i32 = core_field_ptr!(at, fds[fd], numbers[level].nr)?;
    let mut nr = 0;
    core_read_into!(&mut nr, at, numbers[level].nr)
}

fn spaces(user: UserPtr<fdtable>, trusted: TrustedPtr<'_, fdtable>, at: u8) -> Result<(), ReadError> {
    let _: UserPtr<fdtable> = core_read!(user, fds[at])?;
    let _: *const fdtable = core_read!(trusted, fds[at])?;
    let _: Option<u64> = core_read!(trusted, flexible[at])?;
    Ok(())
}

fn main() {
    assert!(reads(core::ptr::null(), 1, 2).is_err());
    let _ = spaces;
}
