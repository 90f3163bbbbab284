//! Each argument is evaluated once, in the order it is written in.
#![allow(non_camel_case_types)]
#![deny(warnings, dead_code)]
#![forbid(unsafe_code)]

use std::cell::RefCell;

use bpf_core::{
    CoreStruct, core_container_of, core_field_exists, core_field_ptr, core_read, core_read_into, core_read_str,
};

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
    #[core(optional)]
    group_leader: *const task_struct,
}

fn main() {
    let evaluated = RefCell::new(Vec::new());
    let base = || {
        evaluated.borrow_mut().push("base");
        std::ptr::null::<task_struct>()
    };
    let taken = || evaluated.take();

    assert!(core_read!(base(), pid).is_err());
    assert_eq!(taken(), ["base"]);
    assert!(core_read!(base(), real_parent, real_parent, comm[3]).is_err());
    assert_eq!(taken(), ["base"]);
    assert!(core_read!(base(), group_leader, pid).is_ok_and(|pid| pid.is_none()));
    assert_eq!(taken(), ["base"]);
    assert!(core_field_ptr!(base(), comm).is_ok());
    assert_eq!(taken(), ["base"]);

    let destination = || evaluated.borrow_mut().push("destination");
    let mut pid = 0;
    assert!(core_read_into!({ destination(); &mut pid }, base(), pid).is_err());
    assert_eq!(taken(), ["destination", "base"]);

    let mut buf = [0; 16];
    assert!(core_read_str!({ destination(); &mut buf[2..] }, base(), comm).is_err());
    assert_eq!(taken(), ["destination", "base"]);

    assert!(!core_field_exists!(task_struct, pid));
    assert_eq!(taken(), [""; 0]);
    assert_eq!(core_container_of!(base().cast::<i32>(), task_struct, pid), std::ptr::null());
    assert_eq!(taken(), ["base"]);
    assert!(!core_field_exists!(*base(), real_parent, pid));
    assert_eq!(taken(), ["base"]);
}
