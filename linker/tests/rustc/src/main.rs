//! One program a shape of code.
#![no_std]
#![no_main]
#![allow(non_camel_case_types)]

use bpf_core::{
    CoreEnum, CoreStruct, ReadError, StructOpsArgs, TrustedMut, core_container_of, core_enum_value,
    core_field_exists, core_field_ptr, core_field_size, core_list_entries, core_read, core_recast,
    core_type_exists, core_type_matches, core_write,
    list::{hlist_head, hlist_node, list_head},
    registers::{pt_regs, pt_regs_parm_syscall, pt_regs_ret},
};

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    se: sched_entity,
    real_parent: *const task_struct,
    children: list_head,
    sibling: list_head,
    pid_links: [hlist_node; 4],
    #[core(optional)]
    __state: u32,
    #[core(bitfield)]
    in_execve: bool,
    exit_code: i32,
}

#[derive(CoreStruct)]
struct task_struct___before_5_14 {
    #[core(optional)]
    state: i64,
}

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
}

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_TGID = 1,
}

macro_rules! programs {
    ($($name:ident($task:ident) $body:expr;)*) => {$(
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "raw_tp")]
        extern "C" fn $name($task: *const task_struct) -> u64 {
            #[inline(always)]
            fn body($task: *const task_struct) -> Result<u64, ReadError> {
                Ok($body)
            }
            match body($task) {
                Ok(value) => value,
                Err(error) => error.errno() as u64,
            }
        }
    )*};
}

programs! {
    chain(task) core_read!(task, real_parent, real_parent, pid)? as u64;
    nested(task) core_read!(task, se.vruntime)?;
    element(task) u64::from(core_read!(task, comm[3])?);
    guarded(task) core_read!(task, __state)?.map_or(u64::MAX, u64::from);
    guarded_in_a_loop(task) {
        let mut sum = 0;
        let mut depth = 0;
        while depth < 4 {
            match core_read!(task, __state)? {
                Some(state) => sum += u64::from(state),
                None => break,
            }
            depth += 1;
        }
        sum
    };
    recast(task) core_read!(core_recast!(task, task_struct___before_5_14), state)?.map_or(0, |state| state as u64);
    container(task) core_container_of!(task.cast::<sched_entity>(), task_struct, se) as u64;
    size_of_a_field(task) core_field_size!(*task, real_parent, pid) as u64;
    list(task) {
        let children = core_field_ptr!(task, children)?;
        let mut sum = 0;
        for child in core_list_entries!(children, task_struct, sibling; 16) {
            sum += child? as u64;
        }
        sum
    };
    hash_list(task) {
        let session = task.cast::<hlist_head>();
        let mut sum = 0;
        for member in core_list_entries!(session, task_struct, pid_links[3]; 16) {
            sum += member? as u64;
        }
        sum
    };
    register(task) pt_regs_parm_syscall::<4, u64>(task.cast::<pt_regs>())?;
    register_of_a_kernel_address(task) pt_regs_ret(task.cast::<pt_regs>())?;
    bit(task) u64::from(core_read!(task, in_execve)?);
    library_whole(task) library::load(task.cast())?;
    library_flags(task) library::flags(task.cast())?;
    twice(task) core_read!(task, pid)? as u64 ^ core_read!(task, pid)? as u64;
    of_any_type(task) size_of_the_first(task)?;
    dropped(task) {
        let _ = core_read!(task, pid);
        let _ = core_field_exists!(task_struct, __state);
        0
    };
    asked(task) {
        let _ = task;
        core_field_size!(task_struct, comm) as u64
            + u64::from(core_type_exists::<sched_entity>())
            + u64::from(core_enum_value!(pid_type::PIDTYPE_TGID))
    };
    matched(task) {
        let _ = task;
        u64::from(core_type_matches::<sched_entity>())
    };
}

#[inline(always)]
fn size_of_the_first<T: Parent>(task: *const T) -> Result<u64, ReadError> {
    T::parent(task).map(|parent| parent as u64)
}

trait Parent: Sized {
    fn parent(task: *const Self) -> Result<*const Self, ReadError>;
}

impl Parent for task_struct {
    #[inline(always)]
    fn parent(task: *const Self) -> Result<*const Self, ReadError> {
        core_read!(task, real_parent)
    }
}

#[unsafe(no_mangle)]
#[unsafe(link_section = "struct_ops/direct")]
extern "C" fn direct(ctx: *const u64) -> i32 {
    // SAFETY: the program is one of `struct_ops`.
    let ctx = unsafe { StructOpsArgs::new(ctx) };
    let Some(task) = TrustedMut::<task_struct>::arg(&ctx, 0) else {
        return -1;
    };
    let (Ok(code), Ok(pid)) = (core_read!(task, exit_code), core_read!(task, pid)) else {
        return -2;
    };
    match core_write!(task, exit_code = pid) {
        Ok(()) => code,
        Err(_) => -3,
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
