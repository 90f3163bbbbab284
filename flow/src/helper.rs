//! The helpers that give or read kernel memory (`enum bpf_func_id` in `include/uapi/linux/bpf.h`).

use crate::pointer::Origin;

/// What a helper does with kernel memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helper {
    /// Gives a pointer to a struct of the kernel.
    Gives {
        /// Where it comes from.
        origin: Origin,
        /// The struct.
        name: &'static str,
    },
    /// Copies memory: destination, size and source are the first three arguments.
    Read {
        /// Whose memory.
        from: Memory,
        /// Whether it ends at a zero byte.
        string: bool,
    },
    /// Others.
    Other,
}

/// Whose memory a helper reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The kernel's.
    Kernel,
    /// That of the process.
    User,
    /// What the address says, on machines where it can.
    Either,
}

impl Helper {
    /// The helper of that number.
    #[must_use]
    pub fn of(id: i64) -> Self {
        let read = |from, string| Self::Read { from, string };
        let socket = |name| Self::Gives {
            origin: Origin::Typed,
            name,
        };
        match id {
            4 => read(Memory::Either, false),
            45 => read(Memory::Either, true),
            112 => read(Memory::User, false),
            113 => read(Memory::Kernel, false),
            114 => read(Memory::User, true),
            115 => read(Memory::Kernel, true),
            35 => Self::Gives {
                origin: Origin::CurrentTask,
                name: "task_struct",
            },
            158 => Self::Gives {
                origin: Origin::CurrentTaskBtf,
                name: "task_struct",
            },
            136 => socket("tcp6_sock"),
            137 => socket("tcp_sock"),
            138 => socket("tcp_timewait_sock"),
            139 => socket("tcp_request_sock"),
            140 => socket("udp6_sock"),
            _ => Self::Other,
        }
    }
}
