//! `core_write!`, which only a `struct_ops` program may. libbpf alone loads them, for a kernel that
//! has `bpf_dummy_ops`. `../c/twins-struct-ops.bpf.c` is the other half.
#![no_std]
#![no_main]
#![allow(non_camel_case_types, missing_docs)]

use bpf_core::{
    CoreStruct, ReadError, StructOpsArgs, TrustedMut, WriteError, core_read, core_write,
};

// net/bpf/bpf_dummy_struct_ops.c, include/linux/bpf.h

#[derive(CoreStruct)]
pub struct bpf_dummy_ops_state {
    val: i32,
    #[core(optional)]
    of_no_kernel: i32,
}

/// The same, as not every kernel had it.
#[derive(CoreStruct)]
#[core(name = "bpf_dummy_ops_state___optional")]
pub struct bpf_dummy_ops_state_optional {
    #[core(optional)]
    val: i32,
}

/// The same, of the size that the kernel decides.
#[derive(CoreStruct)]
#[core(name = "bpf_dummy_ops_state___wide")]
pub struct bpf_dummy_ops_state_wide {
    #[core(bitfield)]
    val: i64,
}

#[repr(C)]
pub struct bpf_dummy_ops {
    test_1: extern "C" fn(*const u64) -> i32,
}

/// What a program returns that did not write.
struct Failed(i32);

/// The kernel does not have the field.
const ABSENT: Failed = Failed(-1);

impl From<ReadError> for Failed {
    fn from(error: ReadError) -> Self {
        Self(-error.errno())
    }
}

impl From<WriteError> for Failed {
    fn from(_: WriteError) -> Self {
        // `ERANGE`
        Self(-34)
    }
}

/// Functions that are a program each: `int (*test_1)(struct bpf_dummy_ops_state *state)`. Each has a
/// map, which tells libbpf what it is. They have no other maps, as they may call no helper.
macro_rules! rows_of_dummy_ops {
    ($(fn $name:ident($state:ident: $of:ty) -> $answer:ty { $($body:tt)* })*) => {$(
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "struct_ops/test_1")]
        pub extern "C" fn $name(context: *const u64) -> i32 {
            #[unsafe(export_name = concat!(stringify!($name), "_ops"))]
            #[unsafe(link_section = ".struct_ops")]
            static OPS: bpf_dummy_ops = bpf_dummy_ops { test_1: $name };

            #[inline(always)]
            fn row($state: $of) -> $answer {
                $($body)*
            }
            // SAFETY: a `struct_ops` program.
            let context = unsafe { StructOpsArgs::new(context) };
            match TrustedMut::arg(&context, 0).ok_or(ABSENT).and_then(row) {
                Ok(()) => 0,
                Err(Failed(code)) => code,
            }
        }
    )*};
}

rows_of_dummy_ops! {
    fn write(state: TrustedMut<'_, bpf_dummy_ops_state>) -> Result<(), Failed> {
        let old = core_read!(state, val)?;
        Ok(core_write!(state, val = old * 2)?)
    }

    fn write_optional(
        state: TrustedMut<'_, bpf_dummy_ops_state_optional>
    ) -> Result<(), Failed> {
        let old = core_read!(state, val)?.ok_or(ABSENT)?;
        core_write!(state, val = old - 100)?.ok_or(ABSENT)
    }

    fn write_missing(state: TrustedMut<'_, bpf_dummy_ops_state>) -> Result<(), Failed> {
        core_write!(state, of_no_kernel = 1)?.ok_or(ABSENT)
    }

    fn write_any_size(
        state: TrustedMut<'_, bpf_dummy_ops_state_wide>
    ) -> Result<(), Failed> {
        let old = core_read!(state, val)?;
        Ok(core_write!(state, val = old << 28)?)
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
