//! Programs of the kernel's own `struct_ops` for tests (`net/bpf/bpf_dummy_struct_ops.c`).

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _};

use aya::programs::ProgramFd;

use super::by_libbpf::{self, Keeper, Kept};
use crate::object::Object;

/// Of `enum bpf_cmd`, `include/uapi/linux/bpf.h`.
const BPF_PROG_TEST_RUN: libc::c_int = 10;

pub(crate) struct DummyOps {
    /// Object and loader.
    pub(crate) name: &'static str,
    programs: BTreeMap<String, ProgramFd>,
    _keeper: Keeper,
}

/// `test` of `union bpf_attr`, up to the last field that `bpf_struct_ops_test_run` looks at.
#[repr(C)]
#[derive(Default)]
struct Test {
    prog_fd: u32,
    retval: u32,
    data_size_in: u32,
    data_size_out: u32,
    data_in: u64,
    data_out: u64,
    repeat: u32,
    duration: u32,
    ctx_size_in: u32,
    ctx_size_out: u32,
    ctx_in: u64,
}

impl DummyOps {
    pub(crate) fn both_halves() -> [Self; 2] {
        [
            Self::load("Rust by libbpf", "twins-struct-ops"),
            Self::load("C by libbpf", "twins-struct-ops-c"),
        ]
    }

    fn load(name: &'static str, object: &str) -> Self {
        let Kept {
            programs, keeper, ..
        } = by_libbpf::keep(name, &Object::built(object));
        let programs = programs.into_iter();
        Self {
            name,
            programs: programs
                .map(|(name, info)| (name, info.fd().unwrap()))
                .collect(),
            _keeper: keeper,
        }
    }

    pub(crate) fn programs(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }

    /// Runs a program of `test_1` on a state with `val` in it; gives what it returns, and what is in
    /// the state then.
    pub(crate) fn run(&self, program: &str, mut val: i32) -> (i32, i32) {
        // The kernel copies the state in and out.
        let arguments = [&raw mut val as u64];
        let mut test = Test {
            prog_fd: self.programs[program].as_fd().as_raw_fd().cast_unsigned(),
            ctx_size_in: size_of_val(&arguments) as u32,
            ctx_in: arguments.as_ptr() as u64,
            ..Test::default()
        };
        // SAFETY: the kernel takes as much of the union and of the context as it is told, and
        // `struct bpf_dummy_ops_state` is an `int`.
        let failed = unsafe {
            libc::syscall(
                libc::SYS_bpf,
                BPF_PROG_TEST_RUN,
                &raw mut test,
                size_of::<Test>(),
            )
        };
        assert_eq!(failed, 0, "{program}: {}", io::Error::last_os_error());
        (test.retval.cast_signed(), val)
    }
}
