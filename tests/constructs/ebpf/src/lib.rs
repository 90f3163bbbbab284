//! What is around each construct: a program whose arguments a test gives, with a relocation in it.
#![no_std]
#![allow(non_camel_case_types, missing_docs)]

use aya_ebpf::helpers::bpf_get_current_task;
use bpf_core::{CoreStruct, core_read};

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
}

/// What a program returns that cannot read the running task.
pub const UNREADABLE: u32 = 0xdead;

/// Makes a relocation part of each program.
#[inline(always)]
pub fn reads_task() -> bool {
    // SAFETY: a helper without arguments.
    let task = unsafe { bpf_get_current_task() } as *const task_struct;
    core_read!(task, tgid).is_ok_and(|tgid| tgid != 0)
}

/// Memory that is larger than the stack, as `memory()`.
#[macro_export]
macro_rules! memory {
    () => {
        #[aya_ebpf::macros::btf_map]
        static MEMORY: aya_ebpf::btf_maps::Array<[u8; 2048], 1> = aya_ebpf::btf_maps::Array::new();

        #[inline(always)]
        fn memory() -> Option<&'static mut [u8; 2048]> {
            // SAFETY: the map's memory, which is there for as long as the program is.
            MEMORY.get_ptr_mut(0).map(|memory| unsafe { &mut *memory })
        }
    };
}

/// A program: its arguments are numbers, and so is what it gives.
#[macro_export]
macro_rules! program {
    (|$($argument:ident),*| $body:block) => {
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "raw_tp")]
        pub extern "C" fn prog(context: *const u64) -> u32 {
            if !$crate::reads_task() {
                return $crate::UNREADABLE;
            }
            let mut _next = context;
            $(
                // SAFETY: a program of a raw tracepoint has twelve words.
                let $argument: u64 = unsafe { *_next };
                _next = _next.wrapping_add(1);
            )*
            let construct = || $body;
            construct() as u32
        }
    };
}

/// A program of one atomic operation: its argument is a number, and a cell holds 5 before. It gives a hundred times
/// what the cell holds then, and what the operation has given.
#[macro_export]
macro_rules! atomic {
    ($integer:ty, |$cell:ident, $number:ident| $operation:expr) => {
        static mut CELL: $integer = 5;

        $crate::program!(|argument| {
            let $cell = &raw mut CELL;
            let $number = argument as $integer;
            // SAFETY: no other program uses the cell.
            unsafe {
                $cell.write_volatile(5);
                let given: $integer = $operation;
                u64::from($cell.read_volatile()) * 100 + u64::from(given)
            }
        });
    };
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 4] = *b"GPL\0";
