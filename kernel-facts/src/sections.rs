//! libbpf's table of sections (`section_defs` in `libbpf.c`, version 1.7), in its order, with the
//! context of each type. The first row that fits a section counts.

use crate::context::Context::{
    self, Api, Numbers, Own, Record, Registers, SystemCall, Typed, UserRegisters,
};

/// A kind of section: a row of libbpf's `section_defs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// As libbpf has it. With a `+` at its end, `/` and a target may follow.
    pub name: &'static str,
    /// As `libbpf_bpf_prog_type_str` has it: `BPF_PROG_TYPE_KPROBE` is `kprobe`.
    pub program_type: &'static str,
    /// As `libbpf_bpf_attach_type_str` has it. Empty if the type has none.
    pub attach_type: &'static str,
    /// Whether the program may sleep.
    pub is_sleepable: bool,
    /// The context, as far as the type alone says.
    pub context: Context,
}

impl Section {
    /// The target of a section of this kind, by libbpf's `sec_def_matches`.
    pub(crate) fn target<'s>(&self, section: &'s str) -> Option<&'s str> {
        match self.name.strip_suffix('+') {
            Some(name) => match section.strip_prefix(name)? {
                "" => Some(""),
                rest => rest.strip_prefix('/'),
            },
            None => (section == self.name).then_some(""),
        }
    }
}

const SKB: Context = Api("__sk_buff");
const ITERATOR: Context = Context::Iterator { own: &[] };

const fn row(
    name: &'static str,
    program_type: &'static str,
    attach_type: &'static str,
    is_sleepable: bool,
    context: Context,
) -> Section {
    Section {
        name,
        program_type,
        attach_type,
        is_sleepable,
        context,
    }
}

/// The kinds of section that libbpf knows.
#[rustfmt::skip]
pub static SECTIONS: &[Section] = &[
    row("socket", "socket_filter", "", false, SKB),
    row("sk_reuseport/migrate", "sk_reuseport", "sk_reuseport_select_or_migrate", false, Api("sk_reuseport_md")),
    row("sk_reuseport", "sk_reuseport", "sk_reuseport_select", false, Api("sk_reuseport_md")),
    row("kprobe+", "kprobe", "", false, Registers),
    row("uprobe+", "kprobe", "", false, UserRegisters),
    row("uprobe.s+", "kprobe", "", true, UserRegisters),
    row("kretprobe+", "kprobe", "", false, Registers),
    row("uretprobe+", "kprobe", "", false, UserRegisters),
    row("uretprobe.s+", "kprobe", "", true, UserRegisters),
    row("kprobe.multi+", "kprobe", "trace_kprobe_multi", false, Registers),
    row("kretprobe.multi+", "kprobe", "trace_kprobe_multi", false, Registers),
    row("kprobe.session+", "kprobe", "trace_kprobe_session", false, Registers),
    row("uprobe.multi+", "kprobe", "trace_uprobe_multi", false, UserRegisters),
    row("uretprobe.multi+", "kprobe", "trace_uprobe_multi", false, UserRegisters),
    row("uprobe.session+", "kprobe", "trace_uprobe_session", false, UserRegisters),
    row("uprobe.multi.s+", "kprobe", "trace_uprobe_multi", true, UserRegisters),
    row("uretprobe.multi.s+", "kprobe", "trace_uprobe_multi", true, UserRegisters),
    row("uprobe.session.s+", "kprobe", "trace_uprobe_session", true, UserRegisters),
    row("ksyscall+", "kprobe", "", false, SystemCall),
    row("kretsyscall+", "kprobe", "", false, SystemCall),
    row("usdt+", "kprobe", "", false, UserRegisters),
    row("usdt.s+", "kprobe", "", true, UserRegisters),
    row("tc/ingress", "sched_cls", "tcx_ingress", false, SKB),
    row("tc/egress", "sched_cls", "tcx_egress", false, SKB),
    row("tcx/ingress", "sched_cls", "tcx_ingress", false, SKB),
    row("tcx/egress", "sched_cls", "tcx_egress", false, SKB),
    row("tc", "sched_cls", "", false, SKB),
    row("classifier", "sched_cls", "", false, SKB),
    row("action", "sched_act", "", false, SKB),
    row("netkit/primary", "sched_cls", "netkit_primary", false, SKB),
    row("netkit/peer", "sched_cls", "netkit_peer", false, SKB),
    row("tracepoint+", "tracepoint", "", false, Record),
    row("tp+", "tracepoint", "", false, Record),
    row("raw_tracepoint+", "raw_tracepoint", "", false, Numbers),
    row("raw_tp+", "raw_tracepoint", "", false, Numbers),
    row("raw_tracepoint.w+", "raw_tracepoint_writable", "", false, Numbers),
    row("raw_tp.w+", "raw_tracepoint_writable", "", false, Numbers),
    row("tp_btf+", "tracing", "trace_raw_tp", false, Typed),
    row("fentry+", "tracing", "trace_fentry", false, Typed),
    row("fmod_ret+", "tracing", "modify_return", false, Typed),
    row("fexit+", "tracing", "trace_fexit", false, Typed),
    row("fentry.s+", "tracing", "trace_fentry", true, Typed),
    row("fmod_ret.s+", "tracing", "modify_return", true, Typed),
    row("fexit.s+", "tracing", "trace_fexit", true, Typed),
    row("fsession+", "tracing", "trace_fsession", false, Typed),
    row("fsession.s+", "tracing", "trace_fsession", true, Typed),
    row("freplace+", "ext", "", false, Own),
    row("lsm+", "lsm", "lsm_mac", false, Typed),
    row("lsm.s+", "lsm", "lsm_mac", true, Typed),
    row("lsm_cgroup+", "lsm", "lsm_cgroup", false, Typed),
    row("iter+", "tracing", "trace_iter", false, ITERATOR),
    row("iter.s+", "tracing", "trace_iter", true, ITERATOR),
    row("syscall", "syscall", "", true, Own),
    row("xdp.frags/devmap", "xdp", "xdp_devmap", false, Api("xdp_md")),
    row("xdp/devmap", "xdp", "xdp_devmap", false, Api("xdp_md")),
    row("xdp.frags/cpumap", "xdp", "xdp_cpumap", false, Api("xdp_md")),
    row("xdp/cpumap", "xdp", "xdp_cpumap", false, Api("xdp_md")),
    row("xdp.frags", "xdp", "xdp", false, Api("xdp_md")),
    row("xdp", "xdp", "xdp", false, Api("xdp_md")),
    row("perf_event", "perf_event", "", false, Api("bpf_perf_event_data")),
    row("lwt_in", "lwt_in", "", false, SKB),
    row("lwt_out", "lwt_out", "", false, SKB),
    row("lwt_xmit", "lwt_xmit", "", false, SKB),
    row("lwt_seg6local", "lwt_seg6local", "", false, SKB),
    row("sockops", "sock_ops", "cgroup_sock_ops", false, Api("bpf_sock_ops")),
    row("sk_skb/stream_parser", "sk_skb", "sk_skb_stream_parser", false, SKB),
    row("sk_skb/stream_verdict", "sk_skb", "sk_skb_stream_verdict", false, SKB),
    row("sk_skb/verdict", "sk_skb", "sk_skb_verdict", false, SKB),
    row("sk_skb", "sk_skb", "", false, SKB),
    row("sk_msg", "sk_msg", "sk_msg_verdict", false, Api("sk_msg_md")),
    row("lirc_mode2", "lirc_mode2", "lirc_mode2", false, Own),
    row("flow_dissector", "flow_dissector", "flow_dissector", false, SKB),
    row("cgroup_skb/ingress", "cgroup_skb", "cgroup_inet_ingress", false, SKB),
    row("cgroup_skb/egress", "cgroup_skb", "cgroup_inet_egress", false, SKB),
    row("cgroup/skb", "cgroup_skb", "", false, SKB),
    row("cgroup/sock_create", "cgroup_sock", "cgroup_inet_sock_create", false, Api("bpf_sock")),
    row("cgroup/sock_release", "cgroup_sock", "cgroup_inet_sock_release", false, Api("bpf_sock")),
    row("cgroup/sock", "cgroup_sock", "cgroup_inet_sock_create", false, Api("bpf_sock")),
    row("cgroup/post_bind4", "cgroup_sock", "cgroup_inet4_post_bind", false, Api("bpf_sock")),
    row("cgroup/post_bind6", "cgroup_sock", "cgroup_inet6_post_bind", false, Api("bpf_sock")),
    row("cgroup/bind4", "cgroup_sock_addr", "cgroup_inet4_bind", false, Api("bpf_sock_addr")),
    row("cgroup/bind6", "cgroup_sock_addr", "cgroup_inet6_bind", false, Api("bpf_sock_addr")),
    row("cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect", false, Api("bpf_sock_addr")),
    row("cgroup/connect6", "cgroup_sock_addr", "cgroup_inet6_connect", false, Api("bpf_sock_addr")),
    row("cgroup/connect_unix", "cgroup_sock_addr", "cgroup_unix_connect", false, Api("bpf_sock_addr")),
    row("cgroup/sendmsg4", "cgroup_sock_addr", "cgroup_udp4_sendmsg", false, Api("bpf_sock_addr")),
    row("cgroup/sendmsg6", "cgroup_sock_addr", "cgroup_udp6_sendmsg", false, Api("bpf_sock_addr")),
    row("cgroup/sendmsg_unix", "cgroup_sock_addr", "cgroup_unix_sendmsg", false, Api("bpf_sock_addr")),
    row("cgroup/recvmsg4", "cgroup_sock_addr", "cgroup_udp4_recvmsg", false, Api("bpf_sock_addr")),
    row("cgroup/recvmsg6", "cgroup_sock_addr", "cgroup_udp6_recvmsg", false, Api("bpf_sock_addr")),
    row("cgroup/recvmsg_unix", "cgroup_sock_addr", "cgroup_unix_recvmsg", false, Api("bpf_sock_addr")),
    row("cgroup/getpeername4", "cgroup_sock_addr", "cgroup_inet4_getpeername", false, Api("bpf_sock_addr")),
    row("cgroup/getpeername6", "cgroup_sock_addr", "cgroup_inet6_getpeername", false, Api("bpf_sock_addr")),
    row("cgroup/getpeername_unix", "cgroup_sock_addr", "cgroup_unix_getpeername", false, Api("bpf_sock_addr")),
    row("cgroup/getsockname4", "cgroup_sock_addr", "cgroup_inet4_getsockname", false, Api("bpf_sock_addr")),
    row("cgroup/getsockname6", "cgroup_sock_addr", "cgroup_inet6_getsockname", false, Api("bpf_sock_addr")),
    row("cgroup/getsockname_unix", "cgroup_sock_addr", "cgroup_unix_getsockname", false, Api("bpf_sock_addr")),
    row("cgroup/sysctl", "cgroup_sysctl", "cgroup_sysctl", false, Api("bpf_sysctl")),
    row("cgroup/getsockopt", "cgroup_sockopt", "cgroup_getsockopt", false, Api("bpf_sockopt")),
    row("cgroup/setsockopt", "cgroup_sockopt", "cgroup_setsockopt", false, Api("bpf_sockopt")),
    row("cgroup/dev", "cgroup_device", "cgroup_device", false, Api("bpf_cgroup_dev_ctx")),
    row("struct_ops+", "struct_ops", "", false, Typed),
    row("struct_ops.s+", "struct_ops", "", true, Typed),
    row("sk_lookup", "sk_lookup", "sk_lookup", false, Api("bpf_sk_lookup")),
    row("netfilter", "netfilter", "netfilter", false, Typed),
];
