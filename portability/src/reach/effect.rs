//! What a call of a helper or kfunc gives, and which of the program's memory it changes, as far as the
//! verifier's way depends on it.

use bpf_core_btf::Kind;
use bpf_core_btf::insn::{Callee, Insn, Op};
use bpf_core_btf::object::Object;
use bpf_core_kernel_facts::helper::{self, Helper};

use super::refers::{Refers, pointee_size};
use super::sources::{self, Sources};

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) gives: Gives,
    /// Memory that it changes: the argument that points to it, and its size.
    pub(super) writes: Option<(u8, Size)>,
    /// Memory that it reads. It writes through no pointer but that of `writes`. `None`: nobody knows what it does with
    /// its arguments.
    pub(super) reads: Option<Sources>,
    /// Whether it copies memory of any kind (destination, size and source are the first arguments), and
    /// then whether it ends at a zero byte.
    pub(super) copies: Option<bool>,
    /// The argument with the context of a callback, and the callback's argument that it becomes.
    pub(super) context: Option<(u8, u8)>,
    /// Sizes of what the arguments of a kfunc point to.
    pub(super) pointees: [u32; 5],
}

/// How much memory a call changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// As much as this argument says.
    In(u8),
    Bytes(u32),
}

/// What a call gives in `r0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Number,
    /// An error, or up to so many bytes as this argument says (`do_refine_retval_range`).
    Length(u8),
    MaybeNull,
    /// An element of the map that is the first argument, by the key that the second points to.
    Element,
    NotNull,
    Kernel,
}

impl Effect {
    const PLAIN: Self = Self {
        gives: Gives::Number,
        writes: None,
        reads: None,
        copies: None,
        context: None,
        pointees: [0; 5],
    };

    /// Of a call. `None` for other instructions, and for calls of functions of the program.
    pub(super) fn of(object: &Object<'_>, insn: &Insn, refers: Refers) -> Option<Self> {
        let Op::Call(callee) = insn.op() else {
            return None;
        };
        match (callee, refers) {
            (_, Refers::Extern(number)) => {
                let name = object.externs()[usize::from(number)].name;
                Some(Self::of_kfunc(object, name))
            }
            (Callee::Helper, _) => Some(Self::of_helper(insn.imm)),
            _ => None,
        }
    }

    fn of_helper(id: i64) -> Self {
        let name = helper::all().find(|(number, _)| i64::from(*number) == id);
        let Some((_, name)) = name else {
            return Self::PLAIN;
        };
        let writes = WRITES.iter().find(|(names, ..)| names.contains(&name));
        Self {
            gives: gives(name),
            copies: match Helper::of_name(name) {
                Helper::Reads { string, .. } => Some(string),
                _ => None,
            },
            writes: writes.map(|(_, pointer, size)| (*pointer, *size)),
            reads: sources::of(name).or(writes.map(|_| &[][..])),
            context: match name {
                "loop" | "user_ringbuf_drain" => Some((3, 2)),
                "for_each_map_elem" => Some((3, 4)),
                "find_vma" => Some((4, 3)),
                _ => None,
            },
            ..Self::PLAIN
        }
    }

    /// Of a kfunc, by its prototype in the object.
    fn of_kfunc(object: &Object<'_>, name: &str) -> Self {
        let prototype = object.btf().and_then(|btf| {
            let function = btf.find_by_name_kind(name, Kind::Func)?;
            Some((btf, btf.type_by_id(function.referenced()?)?))
        });
        let Some((btf, prototype)) = prototype else {
            return Self::PLAIN;
        };
        let result = prototype
            .referenced()
            .and_then(|id| btf.skip_mods_and_typedefs(id));
        let mut effect = Self::PLAIN;
        if result.is_some_and(|result| result.kind() == Kind::Ptr) {
            effect.gives = Gives::MaybeNull;
        }
        for (size, param) in effect.pointees.iter_mut().zip(prototype.params()) {
            *size = pointee_size(btf, param.type_id).unwrap_or(0);
        }
        effect
    }
}

fn gives(helper: &str) -> Gives {
    match helper {
        "probe_read_str" | "probe_read_kernel_str" | "probe_read_user_str" => Gives::Length(2),
        "get_stack" | "get_task_stack" => Gives::Length(3),
        "get_local_storage" | "this_cpu_ptr" => Gives::NotNull,
        "get_current_task_btf" => Gives::Kernel,
        "map_lookup_elem" => Gives::Element,
        "map_lookup_percpu_elem"
        | "ringbuf_reserve"
        | "sk_fullsock"
        | "tcp_sock"
        | "get_listener_sock"
        | "sk_lookup_tcp"
        | "sk_lookup_udp"
        | "skc_lookup_tcp"
        | "sk_storage_get"
        | "inode_storage_get"
        | "task_storage_get"
        | "cgrp_storage_get"
        | "per_cpu_ptr"
        | "dynptr_data"
        | "kptr_xchg"
        | "skc_to_tcp6_sock"
        | "skc_to_tcp_sock"
        | "skc_to_tcp_timewait_sock"
        | "skc_to_tcp_request_sock"
        | "skc_to_udp6_sock"
        | "skc_to_unix_sock"
        | "skc_to_mptcp_sock"
        | "sock_from_file"
        | "task_pt_regs" => Gives::MaybeNull,
        _ => Gives::Number,
    }
}

/// Helpers that write into memory of the program.
#[rustfmt::skip]
const WRITES: &[(&[&str], u8, Size)] = &[
    (
        &[
            "probe_read", "probe_read_str", "probe_read_kernel", "probe_read_kernel_str",
            "probe_read_user", "probe_read_user_str", "get_current_comm", "copy_from_user",
            "copy_from_user_task", "snprintf", "snprintf_btf", "dynptr_read",
        ],
        1, Size::In(2),
    ),
    (
        &[
            "get_stack", "get_task_stack", "read_branch_records", "d_path", "fib_lookup",
            "perf_prog_read_value", "skb_get_tunnel_key", "skb_get_tunnel_opt",
            "sysctl_get_name", "sysctl_get_current_value", "sysctl_get_new_value", "ima_inode_hash",
            "ima_file_hash",
        ],
        2, Size::In(3),
    ),
    (
        &[
            "skb_load_bytes", "skb_load_bytes_relative", "xdp_load_bytes", "perf_event_read_value",
            "get_ns_current_pid_tgid", "skb_get_xfrm_state",
        ],
        3, Size::In(4),
    ),
    (&["getsockopt"], 4, Size::In(5)),
    (&["strtol", "strtoul"], 4, Size::Bytes(8)),
    (&["check_mtu"], 3, Size::Bytes(4)),
    (&["get_func_arg"], 3, Size::Bytes(8)),
    (&["get_func_ret"], 2, Size::Bytes(8)),
    // As much as a value of the map has, which the code alone does not tell.
    (&["map_peek_elem", "map_pop_elem"], 2, Size::Bytes(512)),
    (&["kallsyms_lookup_name"], 4, Size::Bytes(8)),
    (&["dynptr_from_mem", "ringbuf_reserve_dynptr"], 4, Size::Bytes(16)),
];
