//! The contexts of an aya-ebpf of any version: this crate stands for it.
#![allow(non_camel_case_types)]
#![deny(warnings, missing_docs, unnameable_types)]

extern crate self as aya_ebpf;

use std::ffi::c_void;

use bpf_core::{CoreStruct, TrustedPtr};

/// What a context gives in each version.
pub trait EbpfContext {
    /// What the kernel gave to the program.
    fn as_ptr(&self) -> *mut c_void;
}

macro_rules! contexts {
    ($($context:ident)*) => {
        /// The contexts.
        pub mod programs {
            $(
                /// One of them.
                pub struct $context(pub *mut std::ffi::c_void);

                impl crate::EbpfContext for $context {
                    fn as_ptr(&self) -> *mut std::ffi::c_void {
                        self.0
                    }
                }
            )*
        }
    };
}

contexts!(BtfTracePointContext FEntryContext FExitContext LsmContext);

bpf_core::aya_contexts!(aya_ebpf);

#[derive(CoreStruct)]
struct task_struct {
    #[allow(dead_code)]
    tgid: i32,
}

fn main() {
    let task = 0_u64;
    let mut args = [&raw const task as u64, 0];
    let ctx = programs::FEntryContext(args.as_mut_ptr().cast());
    assert!(TrustedPtr::<task_struct>::arg(&ctx, 1).is_none());
    let first = TrustedPtr::<task_struct>::arg(&ctx, 0).unwrap();
    assert_eq!(first.as_ptr() as u64, args[0]);
    let ctx = programs::LsmContext(args.as_mut_ptr().cast());
    assert!(TrustedPtr::<task_struct>::arg(&ctx, 0).is_some());
}
