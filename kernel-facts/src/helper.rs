//! Helpers (`enum bpf_func_id` in `include/uapi/linux/bpf.h`), and what they do with memory.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Their numbers and names without `bpf_`, a line each, as the header has them.
const LIST: &str = include_str!("generated/helpers.txt");

/// What a helper does with memory, as far as CO-RE is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helper {
    /// Gives a pointer to a struct of the kernel.
    Gives {
        /// The struct. `None` if it depends on the arguments.
        name: Option<&'static str>,
        /// Whether the verifier knows the type, so that a program may load through the pointer.
        is_typed: bool,
    },
    /// Gives memory of the program itself, or a struct of the user-space API.
    GivesOwn,
    /// Gives memory of a ring buffer, as large as the second argument says.
    Reserves,
    /// Hands out what [`Self::Reserves`] gave.
    Submits,
    /// Gives back what [`Self::Reserves`] gave, as if it never had been.
    Discards,
    /// Finds, changes or deletes an element of a map: the second argument points to the key. Gives
    /// memory of the program, if any.
    Map,
    /// Copies memory: destination, size and source are the first three arguments.
    Reads {
        /// Whose memory.
        from: Memory,
        /// Whether it ends at a zero byte.
        string: bool,
    },
    /// Fills memory of the program: destination and size are the first two arguments.
    Fills,
    /// Hands the program's memory out, into an event or another map.
    Sends,
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
    pub fn of_id(id: i64) -> Self {
        static KNOWN: LazyLock<HashMap<i64, Helper>> = LazyLock::new(|| {
            all()
                .map(|(number, name)| (number.into(), Helper::of_name(name)))
                .collect()
        });
        KNOWN.get(&id).copied().unwrap_or(Self::Other)
    }

    /// The helper of that name, with or without `bpf_`: before libbpf, programs chose names of their
    /// own.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let name = name.strip_prefix("bpf_").unwrap_or(name);
        let mut known = EFFECTS.iter().filter(|(names, _)| names.contains(&name));
        known.next().map_or(Self::Other, |(_, effect)| *effect)
    }
}

/// What helpers do, by their names without `bpf_`.
const EFFECTS: &[(&[&str], Helper)] = &[
    (&["probe_read"], reads(Memory::Either, false)),
    (&["probe_read_str"], reads(Memory::Either, true)),
    (&["probe_read_kernel"], reads(Memory::Kernel, false)),
    (&["probe_read_kernel_str"], reads(Memory::Kernel, true)),
    (
        &["probe_read_user", "copy_from_user", "copy_from_user_task"],
        reads(Memory::User, false),
    ),
    (&["probe_read_user_str"], reads(Memory::User, true)),
    (&["get_current_comm"], Helper::Fills),
    (&["ringbuf_reserve"], Helper::Reserves),
    (&["ringbuf_submit"], Helper::Submits),
    (&["ringbuf_discard"], Helper::Discards),
    (
        &["get_current_task"],
        Helper::Gives {
            name: Some("task_struct"),
            is_typed: false,
        },
    ),
    (&["get_current_task_btf"], gives("task_struct")),
    (&["skc_to_tcp6_sock"], gives("tcp6_sock")),
    (&["skc_to_tcp_sock"], gives("tcp_sock")),
    (&["skc_to_tcp_timewait_sock"], gives("tcp_timewait_sock")),
    (&["skc_to_tcp_request_sock"], gives("tcp_request_sock")),
    (&["skc_to_udp6_sock"], gives("udp6_sock")),
    (&["skc_to_unix_sock"], gives("unix_sock")),
    (&["skc_to_mptcp_sock"], gives("mptcp_sock")),
    (&["sock_from_file"], gives("socket")),
    (
        &["kptr_xchg", "per_cpu_ptr", "this_cpu_ptr"],
        Helper::Gives {
            name: None,
            is_typed: true,
        },
    ),
    (
        &[
            "map_lookup_elem",
            "map_update_elem",
            "map_delete_elem",
            "map_lookup_percpu_elem",
        ],
        Helper::Map,
    ),
    (
        &[
            "dynptr_data",
            "get_local_storage",
            "sk_storage_get",
            "task_storage_get",
            "inode_storage_get",
            "cgrp_storage_get",
            // `struct bpf_sock` and `struct bpf_tcp_sock` are user-space API.
            "sk_fullsock",
            "tcp_sock",
            "get_listener_sock",
            "sk_lookup_tcp",
            "sk_lookup_udp",
            "skc_lookup_tcp",
        ],
        Helper::GivesOwn,
    ),
    (
        &[
            "perf_event_output",
            "ringbuf_output",
            "map_push_elem",
            "skb_output",
            "xdp_output",
            "seq_write",
        ],
        Helper::Sends,
    ),
];

const fn reads(from: Memory, string: bool) -> Helper {
    Helper::Reads { from, string }
}

const fn gives(name: &'static str) -> Helper {
    Helper::Gives {
        name: Some(name),
        is_typed: true,
    }
}

/// Helpers and kfuncs that write what they find out about an object into a buffer, by their names, with the place of
/// the buffer in the arguments. Their result alone says whether they did.
const FILLS: &[(&str, usize)] = &[
    ("bpf_d_path", 1),
    ("bpf_ima_file_hash", 1),
    ("bpf_ima_inode_hash", 1),
    ("bpf_path_d_path", 1),
];

/// The place of the buffer in the arguments of a helper or kfunc that fills one, and does not read memory.
#[must_use]
pub fn fills(name: &str) -> Option<usize> {
    let mut known = FILLS.iter().filter(|(filling, _)| *filling == name);
    known.next().map(|(_, buffer)| *buffer)
}

/// Helpers without arguments, by their names without `bpf_`.
const WITHOUT_ARGUMENTS: &[&str] = &[
    "get_current_cgroup_id",
    "get_current_pid_tgid",
    "get_current_task",
    "get_current_task_btf",
    "get_current_uid_gid",
    "get_numa_node_id",
    "get_prandom_u32",
    "get_retval",
    "get_smp_processor_id",
    "jiffies64",
    "ktime_get_boot_ns",
    "ktime_get_coarse_ns",
    "ktime_get_ns",
    "ktime_get_tai_ns",
];

/// Whether the helper of that number takes arguments, as far as is known.
#[must_use]
pub fn takes_arguments(id: i64) -> bool {
    static WITHOUT: LazyLock<HashSet<i64>> = LazyLock::new(|| {
        let all = all().filter(|(_, name)| WITHOUT_ARGUMENTS.contains(name));
        all.map(|(number, _)| number.into()).collect()
    });
    !WITHOUT.contains(&id)
}

/// All helpers: their numbers, and names without `bpf_`.
pub fn all() -> impl Iterator<Item = (u32, &'static str)> {
    LIST.lines().filter_map(|line| {
        let (number, name) = line.split_once(' ')?;
        Some((number.parse().ok()?, name))
    })
}

#[cfg(test)]
mod tests {
    use super::{EFFECTS, Helper, Memory, WITHOUT_ARGUMENTS, all, reads};

    #[test]
    fn numbers_are_those_of_the_header() {
        let of_id = Helper::of_id;
        assert_eq!(of_id(1), Helper::Map);
        assert_eq!(of_id(4), reads(Memory::Either, false));
        assert_eq!(of_id(113), reads(Memory::Kernel, false));
        assert_eq!(of_id(114), reads(Memory::User, true));
        assert_eq!(of_id(131), Helper::Reserves);
        assert_eq!(of_id(35), Helper::of_name("bpf_get_current_task"));
        assert_eq!(of_id(0), Helper::Other);
        assert_eq!(of_id(-1), Helper::Other);
    }

    #[test]
    fn what_is_said_of_a_helper_is_of_one_that_exists() {
        let names = EFFECTS.iter().flat_map(|(names, _)| *names);
        for name in names.chain(WITHOUT_ARGUMENTS) {
            assert!(
                all().any(|(_, known)| known == *name),
                "no helper `bpf_{name}`"
            );
        }
    }
}
