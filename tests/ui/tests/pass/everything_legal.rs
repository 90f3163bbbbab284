//! All that a declaration and a path may have.
#![allow(non_camel_case_types)]
#![deny(warnings, dead_code, missing_docs)]
#![forbid(unsafe_code)]

use std::{ffi::c_void, marker::PhantomData};

use bpf_core::{
    CoreEnum, CoreStruct, ReadError, core_container_of, core_enum_value, core_enum_value_exists, core_field_exists,
    core_element_ptr, core_field_offset, core_field_ptr, core_field_size, core_read, core_read_into, core_read_str,
    registers::{
        pt_regs, pt_regs_fp, pt_regs_ip, pt_regs_parm, pt_regs_parm_syscall, pt_regs_rc, pt_regs_ret,
        pt_regs_sp, pt_regs_syscall_regs,
    },
    UserPtr, core_list_entries, core_recast, core_type_exists, core_type_id_kernel, core_type_id_local, core_type_matches, core_type_size,
    list::{hlist_head, hlist_node, list_head}, probe_read_kernel, probe_read_kernel_str, probe_read_user, probe_read_user_str,
};

const ENOSYS: i32 = 38;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
    PIDTYPE_TGID = 7,
}

/// Without anything that a kernel could be asked for: it stands behind pointers.
#[derive(CoreStruct)]
struct module {}

#[derive(CoreEnum)]
#[core(name = "hrtimer_restart___v6")]
#[repr(i8)]
enum restart {
    HRTIMER_NORESTART = -3,
    #[core(optional, name = "HRTIMER_RESTART___v6")]
    Restart,
}

#[derive(CoreStruct)]
struct load_weight {
    weight: u64,
    inv_weight: u32,
}

#[derive(CoreStruct)]
#[core(typedef)]
struct atomic_t {
    counter: i32,
}

#[derive(CoreStruct)]
union sigval {
    sival_int: i32,
    sival_ptr: *mut c_void,
}

#[derive(CoreStruct)]
#[core(name = "task_struct___v5")]
struct TaskOfLinux5 {
    state: i64,
}

type pid_t = i32;

#[derive(CoreStruct)]
struct scalars {
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: u128,
    f: i8,
    g: i16,
    h: i32,
    i: i64,
    j: i128,
    k: usize,
    l: isize,
    m: bool,
    n: pid_t,
    o: std::ffi::c_uchar,
    p: std::ffi::c_int,
    q: pid_type,
    r: restart,
}

#[derive(CoreStruct)]
pub(crate) struct task_struct {
    pid: pid_t,
    pub(crate) comm: [u8; 16],
    pub se: sched_entity,
    real_parent: *const task_struct,
    parent: *mut Self,
    r#type: u8,
    #[core(name = "match")]
    matches: u8,
    #[core(name = "__state", optional)]
    state: u32,
    #[core(optional)]
    #[core(name = "thread_pid")]
    leader: *mut task_struct,
    usage: atomic_t,
    signal: sigval,
    cells: [[[u8; 2]; 3]; 2 + 2],
    weights: [load_weight; 2],
    flags: [pid_type; 2],
    names: [*const i8; 2],
    stack: *mut c_void,
    double: *const *const task_struct,
    run: Option<unsafe extern "C" fn(*mut task_struct) -> i32>,
    stop: unsafe extern "C" fn(),
    runs: [Option<unsafe extern "C" fn()>; 2],
    tail: [load_weight; 0],
}

#[derive(CoreStruct)]
struct sched_entity {
    load: load_weight,
    vruntime: u64,
    on_rq: bool,
    pair: [u32; 2],
}

/// Nothing but functions: it cannot be read as a whole, its fields can.
#[derive(CoreStruct)]
struct file_operations {
    open: Option<unsafe extern "C" fn() -> i32>,
}

fn errno<T>(result: Result<T, ReadError>) -> i32 {
    result.err().map_or(0, ReadError::errno)
}

fn fails<T>(result: Result<T, ReadError>) {
    assert_eq!(errno(result), ENOSYS);
}

fn absent<T>(result: Result<Option<T>, ReadError>) {
    assert!(matches!(result, Ok(None)));
}

fn bases(constant: *const task_struct, mutable: *mut task_struct) {
    fails::<i32>(core_read!(constant, pid));
    fails::<i32>(core_read!(mutable, pid));
    fails::<i32>(core_read!(mutable.cast_const().cast::<task_struct>(), pid));
    fails::<i32>(core_read!(if constant.is_null() { mutable } else { mutable }, pid));
    let atomic = atomic_t { counter: 0 };
    fails::<i32>(core_read!(&atomic, counter));
    let mut atomic = atomic;
    fails::<i32>(core_read!(&mut atomic, counter));
    let lent: &mut atomic_t = &mut atomic;
    fails::<i32>(core_read!(lent, counter));
    fails::<i64>(core_read!(core_recast!(constant, TaskOfLinux5), state));
    let v5: *mut TaskOfLinux5 = core_recast!(mutable, TaskOfLinux5);
    let back: *mut task_struct = core_recast!(v5, task_struct,);
    assert_eq!(back, mutable);
    let user: UserPtr<atomic_t> = core_recast!(UserPtr::<atomic_t>::new(8), atomic_t);
    assert_eq!(user.address(), 8);
    let behind = core_field_ptr!(constant, se);
    assert_eq!(behind.map(|se| errno(core_read!(se, vruntime))), Ok(ENOSYS));
}

fn scalars(all: *const scalars) {
    fails::<u8>(core_read!(all, a));
    fails::<u16>(core_read!(all, b));
    fails::<u32>(core_read!(all, c));
    fails::<u64>(core_read!(all, d));
    fails::<u128>(core_read!(all, e));
    fails::<i8>(core_read!(all, f));
    fails::<i16>(core_read!(all, g));
    fails::<i32>(core_read!(all, h));
    fails::<i64>(core_read!(all, i));
    fails::<i128>(core_read!(all, j));
    fails::<usize>(core_read!(all, k));
    fails::<isize>(core_read!(all, l));
    fails::<bool>(core_read!(all, m));
    fails::<pid_t>(core_read!(all, n));
    fails::<u8>(core_read!(all, o));
    fails::<i32>(core_read!(all, p));
    fails::<u32>(core_read!(all, q));
    fails::<i8>(core_read!(all, r));
}

fn paths(task: *const task_struct) {
    fails::<u64>(core_read!(task, se.vruntime));
    fails::<u32>(core_read!(task, se.load.inv_weight,));
    fails::<load_weight>(core_read!(task, se.load));
    fails::<sched_entity>(core_read!(task, se));
    fails::<[u8; 16]>(core_read!(task, comm));
    fails::<u8>(core_read!(task, comm[15]));
    fails::<u8>(core_read!(task, r#type));
    fails::<u8>(core_read!(task, matches));
    fails::<i32>(core_read!(task, usage.counter));
    fails::<atomic_t>(core_read!(task, usage));
    fails::<i32>(core_read!(task, signal.sival_int));
    fails::<*mut c_void>(core_read!(task, signal.sival_ptr));
    fails::<u8>(core_read!(task, cells[3][2][1]));
    fails::<[u8; 2]>(core_read!(task, cells[3][2]));
    fails::<[[[u8; 2]; 3]; 4]>(core_read!(task, cells));
    fails::<u32>(core_read!(task, weights[1].inv_weight));
    fails::<load_weight>(core_read!(task, weights[0]));
    fails::<u32>(core_read!(task, flags[1]));
    fails::<*const i8>(core_read!(task, names[1]));
    fails::<*mut c_void>(core_read!(task, stack));
    fails::<*const *const task_struct>(core_read!(task, double));
    fails::<*const c_void>(core_read!(task, run));
    fails::<*const c_void>(core_read!(task, stop));
    fails::<*const c_void>(core_read!(task, runs[1]));
    fails::<u64>(core_read!(task, tail[100].weight));
    fails::<i32>(core_read!(
        task, real_parent, parent, real_parent, parent, real_parent, parent, real_parent,
        parent, real_parent, parent, pid
    ));
    fails::<bool>(core_read!(task, real_parent, parent, se.on_rq));
    let operations: *const file_operations = task.cast();
    fails::<*const c_void>(core_read!(operations, open));
    let module: *const module = std::ptr::null();
    assert!(module.is_null());
}

fn optional(task: *const task_struct) {
    absent::<u32>(core_read!(task, state));
    absent::<i32>(core_read!(task, leader, pid));
    absent::<u64>(core_read!(task, leader, real_parent, se.vruntime));
    absent::<u32>(core_read!(task, leader, state));
    let result: Result<Option<u32>, _> = core_read!(task, real_parent, state);
    assert_eq!(errno(result), ENOSYS);
    let mut state = 0u32;
    absent::<()>(core_read_into!(&mut state, task, state));
    absent::<*const u32>(core_field_ptr!(task, state));
    let mut buf = [0; 4];
    absent::<&[u8]>(core_read_str!(&mut buf, task, leader, comm));
}

fn sisters(task: *const task_struct) {
    let mut comm = [0u8; 16];
    fails::<()>(core_read_into!(&mut comm, task, comm));
    let mut load = load_weight { weight: 1, inv_weight: 2 };
    fails::<()>(core_read_into!(&mut load, task, real_parent, se.load));
    assert_eq!((load.weight, load.inv_weight), (1, 2));
    let mut loads = [0u64; 2];
    fails::<()>(core_read_into!(&mut loads[1], task, se.vruntime));
    fails::<&[u8]>(core_read_str!(&mut comm, task, comm));
    fails::<&[u8]>(core_read_str!(&mut comm[2..4], task, real_parent, names[0]));
    let slice: &mut [u8] = &mut comm;
    fails::<&[u8]>(core_read_str!(slice, task, comm));
    let pointer: Result<*const [u8; 16], ReadError> = core_field_ptr!(task, comm);
    assert!(pointer.is_ok());
    let pointer: Result<*const u8, ReadError> = core_field_ptr!(task, comm[4]);
    assert!(pointer.is_ok());
    fails::<*const sched_entity>(core_field_ptr!(task, real_parent, se));
    let at = comm.len() - 1;
    fails::<*const u8>(core_element_ptr!(task, comm; at));
    fails::<*const load_weight>(core_element_ptr!(task, real_parent, tail; at + 1));
    assert!(!core_field_exists!(task_struct, state));
    assert!(!core_field_exists!(task_struct, se.load.weight));
    assert!(!core_field_exists!(task_struct, tail[3].weight));
    assert!(!core_field_exists!(crate::TaskOfLinux5, state));
    user_memory(UserPtr::new(8));
    bit_fields(core::ptr::dangling());
    let size: usize = core_field_size!(task_struct, se.load);
    let offset: usize = core_field_offset!(task_struct, se.load.weight);
    assert!(!core_field_exists!(*task, state));
    assert!(!core_field_exists!(*task, real_parent, parent, cells[1][2][0],));
    assert!(!core_field_exists!(*core_recast!(task, TaskOfLinux5), state));
    let sizes: [usize; 2] = [core_field_size!(*task, comm), core_field_size!(*task, leader, comm)];
    let sometimes: Option<usize> = core_field_offset!(*task, leader, state);
    assert_eq!((sizes, sometimes), ([0; 2], None));
    assert_eq!((size, offset), (0, 0));
    assert!(!core_type_exists::<task_struct>() && !core_type_exists::<pid_type>());
    assert!(!core_type_matches::<task_struct>() && !core_type_matches::<pid_type>());
    assert_eq!(core_type_size::<task_struct>(), None);
    assert_eq!(core_type_id_local::<pid_type>(), 0);
    assert_eq!(core_type_id_kernel::<task_struct>(), None);
    let value: u32 = core_enum_value!(crate::pid_type::PIDTYPE_TGID);
    let sometimes: Option<i8> = core_enum_value!(restart::Restart);
    assert_eq!((value, sometimes), (0, None));
    assert!(!core_enum_value_exists!(restart::HRTIMER_NORESTART));
}

#[derive(CoreStruct)]
struct a_name_of_more_than_sixteen_bytes {}

#[derive(CoreStruct)]
struct a_name_of_more_than_sixteen_bytes___2 {}

fn containers(load: *const load_weight, user: UserPtr<u8>) {
    let task: *const task_struct = core_container_of!(load, task_struct, se.load);
    let first: *const task_struct = core_container_of!(load, task_struct, weights[0]);
    let last: *mut task_struct = core_container_of!(load.cast_mut(), task_struct, tail[7],);
    let sometimes: Option<*const task_struct> = core_container_of!(load.cast::<u32>(), task_struct, state);
    let pointer: *const task_struct = core_container_of!(load.cast::<*mut task_struct>(), task_struct, parent);
    let user: UserPtr<task_struct> = core_container_of!(user, task_struct, comm[1]);
    assert!(task == first && last.cast_const() == task && pointer == task);
    assert_eq!((sometimes, user), (None, UserPtr::new(8)));
}

#[derive(CoreStruct)]
struct entry {
    value: u32,
    nodes: [list_head; 2],
    node: hlist_node,
    #[core(optional)]
    sometimes: list_head,
}

fn lists(head: *const list_head, hashed: *mut hlist_head) {
    const MAX: usize = 4;
    let mut entries = core_list_entries!(head, entry, nodes[1]; 2 * MAX);
    let first: Option<Result<*const entry, ReadError>> = entries.next();
    assert!(matches!(first, Some(Err(error)) if error.errno() == ENOSYS));
    assert!(entries.next().is_none() && entries.next().is_none());
    assert!(core_list_entries!(hashed, entry, node; MAX).all(|entry| entry.is_err()));
    assert!(core_list_entries!(head, entry, sometimes; 1).is_none());
    fails::<*const list_head>(core_read!(head, next));
    fails::<*const hlist_node>(core_read!(hashed, first));
    let empty: Result<u32, ReadError> = core_list_entries!(head, entry, nodes[0]; 1)
        .map(|entry| core_read!(entry?, value))
        .sum();
    fails(empty);
}

/// Where no kernel is, there are no registers.
fn registers(context: *mut pt_regs) {
    const EOPNOTSUPP: i32 = 95;
    let task: Result<*const task_struct, ReadError> = pt_regs_parm::<8, _>(context);
    let path: Result<UserPtr<u8>, ReadError> = pt_regs_parm_syscall::<2, _>(context);
    let returned: Result<isize, ReadError> = pt_regs_rc(context);
    let inner: Result<*const pt_regs, ReadError> = pt_regs_syscall_regs(context);
    assert_eq!([errno(task), errno(path), errno(returned), errno(inner)], [EOPNOTSUPP; 4]);
    let places = [pt_regs_ret, pt_regs_fp, pt_regs_sp, pt_regs_ip];
    assert!(places.iter().all(|place| errno(place(context)) == EOPNOTSUPP));
    absent::<u64>(core_read!(context, orig_ax));
}

fn flavours(one: *const a_name_of_more_than_sixteen_bytes) {
    let other = core_recast!(one, a_name_of_more_than_sixteen_bytes___2);
    assert_eq!(core_recast!(other, a_name_of_more_than_sixteen_bytes), one);
}

fn generic<const N: usize>(task: *const task_struct) {
    const LAST: usize = 15;
    fails::<u8>(core_read!(task, comm[N]));
    fails::<u8>(core_read!(task, comm[LAST]));
    fails::<u8>(core_read!(task, comm[LAST - 3]));
    fails::<u8>(core_read!(task, comm[usize::MIN]));
}

fn main() {
    bases(std::ptr::null(), std::ptr::null_mut());
    scalars(std::ptr::null());
    paths(std::ptr::null());
    optional(std::ptr::null());
    sisters(std::ptr::null());
    flavours(std::ptr::null());
    registers(std::ptr::null_mut());
    lists(std::ptr::null(), std::ptr::null_mut());
    containers(std::ptr::null(), UserPtr::new(8));
    generic::<4>(std::ptr::null());
}

#[derive(CoreStruct)]
struct iovec {
    iov_base: UserPtr<u8>,
    iov_len: u64,
    next: *const iovec,
    both: [*mut iovec; 2],
}

/// A map is a `static`, with keys and values of these types.
struct Map<K, V>(PhantomData<(K, V)>);

static PATHS: Map<u32, UserPtr<u8>> = Map(PhantomData);

fn user_memory(vec: UserPtr<iovec>) {
    let Map(_) = PATHS;
    let base: Result<UserPtr<u8>, ReadError> = core_read!(vec, iov_base);
    let next: Result<UserPtr<iovec>, ReadError> = core_read!(vec, next, next);
    let both: Result<[UserPtr<iovec>; 2], ReadError> = core_read!(vec, both);
    let address: Result<UserPtr<u64>, ReadError> = core_field_ptr!(vec, iov_len);
    let mut buf = [0; 8];
    assert!(core_read_str!(&mut buf, vec, iov_base).is_err());
    assert!(probe_read_user_str(&mut buf, UserPtr::<i8>::new(8)).is_err());
    assert!(probe_read_kernel_str(&mut buf, core::ptr::dangling::<u8>()).is_err());
    assert!(probe_read_user(UserPtr::<u64>::new(8)).is_err());
    assert!(probe_read_kernel(core::ptr::dangling::<*const iovec>()).is_err());
    assert!(base.is_err() && next.is_err() && both.is_err());
    assert_eq!(address.map(UserPtr::address), Ok(8));
    let in_kernel = core::ptr::dangling::<iovec>();
    let there: Result<UserPtr<u8>, ReadError> = core_read!(in_kernel, next, iov_base);
    let still: Result<*mut iovec, ReadError> = core_read!(in_kernel, both[1]);
    assert!(there.is_err() && still.is_err());
}

#[derive(CoreStruct)]
#[core(name = "task_struct")]
struct flags_of_a_task {
    #[core(bitfield)]
    in_execve: bool,
    #[core(bitfield, optional)]
    in_memstall: u8,
    #[core(bitfield)]
    on_cpu: i64,
}

fn bit_fields(task: *const flags_of_a_task) {
    let in_execve: Result<bool, ReadError> = core_read!(task, in_execve);
    let in_memstall: Result<Option<u8>, ReadError> = core_read!(task, in_memstall);
    let mut on_cpu = 7;
    let into: Result<(), ReadError> = core_read_into!(&mut on_cpu, task, on_cpu);
    assert!(in_execve.is_err() && in_memstall == Ok(None) && into.is_err() && on_cpu == 7);
}
