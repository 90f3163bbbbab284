//! What the derives tell the linker to compare for `type_matches`.
#![allow(non_camel_case_types)]

use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};

use bpf_core::{
    __private::Declared, CoreEnum, CoreStruct, UserPtr, contract::CAPACITY, core_read,
    core_type_matches,
};

/// What no comparison is asked of may point to anything.
#[derive(CoreStruct)]
struct task_struct {
    other: *const foreign,
}

struct foreign;

#[derive(CoreStruct)]
struct all {
    se: sched_entity,
    usage: refcount_t,
    kind: pid_type,
    comm: [c_char; 16],
    parent: *const task_struct,
    names: *const *const c_char,
    counts: [*mut u64; 2],
    #[core(name = "type")]
    kernel_type: c_ulong,
    #[core(optional)]
    __state: u32,
    #[core(bitfield)]
    in_execve: bool,
    stack: *mut c_void,
    flag: bool,
}

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
    slice: c_long,
}

#[derive(CoreStruct)]
#[core(typedef)]
struct refcount_t {
    refs: i32,
}

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
    #[core(optional)]
    PIDTYPE_TGID,
    #[core(name = "PIDTYPE_MAX")]
    Max = 4,
}

#[derive(CoreEnum)]
#[repr(i8)]
enum negative {
    MINUS_FIVE = -5,
}

#[derive(CoreStruct)]
union value {
    long: isize,
    pointer: UserPtr<c_char>,
    task: *const task_struct,
    kind: *const negative,
}

#[derive(CoreStruct)]
#[core(name = "file_operations___v6")]
struct Operations {
    open: Option<unsafe extern "C" fn(file: *mut file, flags: c_int) -> c_int>,
    release: unsafe extern "C" fn(&file) -> !,
    print: Option<unsafe extern "C" fn(*const c_char, ...) -> c_long>,
    table: *const Option<extern "C" fn()>,
    tail: [c_ulong; 0],
}

#[derive(CoreStruct)]
struct file {}

fn text<T: Declared<()>>() -> String {
    T::DECLARATION.to_string()
}

#[test]
fn members_with_their_types() {
    assert_eq!(
        text::<all>(),
        "struct all{\
         se:struct sched_entity{vruntime:u64,slice:isize,},\
         usage:typedef struct refcount_t{refs:i32,},\
         kind:enum pid_type/u32{PIDTYPE_PID=0,PIDTYPE_MAX=4,},\
         comm:[16]char,parent:*struct task_struct,names:**char,counts:[2]*u64,type:usize,\
         stack:*void,flag:bool,}"
    );
    assert_eq!(
        text::<value>(),
        "union value{long:isize,pointer:*char,task:*struct task_struct,\
         kind:*enum negative/i8{MINUS_FIVE=-5,},}"
    );
}

#[test]
fn functions() {
    assert_eq!(
        text::<Operations>(),
        "struct file_operations___v6{open:*fn(*struct file,i32,)i32,release:*fn(*struct file,)void,\
         print:*fn(*char,void,)isize,table:**fn()void,tail:[0]usize,}"
    );
    assert_eq!(text::<file>(), "struct file{}");
}

macro_rules! eight {
    ($($name:ident of $of:ident;)*) => {$(
        #[derive(CoreStruct)]
        struct $name {
            a: $of,
            b: $of,
            c: $of,
            d: $of,
            e: $of,
            f: $of,
            g: $of,
            h: $of,
        }
    )*};
}

eight! {
    leaf of u64;
    branch of leaf;
    tree of branch;
    forest of tree;
}

/// A declaration that is too long for a descriptor is an error where it is compared, and only there.
#[test]
fn a_long_declaration_is_no_error() {
    let forest: *const forest = core::ptr::null();
    assert!(core_read!(forest, h.h.h.h).is_err());
    assert!(text::<branch>().len() * 8 > CAPACITY);
}

/// Where there is no kernel, nothing matches.
#[test]
fn on_the_host() {
    assert!(!core_type_matches::<all>() && !core_type_matches::<pid_type>());
}
