//! Which memory of the program helpers read.

/// How much a helper reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// As much as this argument says.
    In(u8),
    /// A key of the map that is the first argument.
    Key,
    /// A value of that map.
    Value,
}

/// Arguments that point to memory, and how much of it is read.
pub(super) type Sources = &'static [(u8, Amount)];

/// The arguments of a helper that point to memory that it reads, and how much. `None`: it is not known what the
/// helper does with its arguments.
pub(super) fn of(helper: &str) -> Option<Sources> {
    let mut known = SOURCES.iter();
    let found = known.find(|(names, _)| names.contains(&helper))?;
    Some(found.1)
}

/// Source: `arg*_type` of each `struct bpf_func_proto`: `ARG_PTR_TO_MEM` that is not `MEM_UNINIT`.
#[rustfmt::skip]
const SOURCES: &[(&[&str], Sources)] = &[
    (&["map_lookup_elem", "map_delete_elem", "map_lookup_percpu_elem"], &[(2, Amount::Key)]),
    (&["map_update_elem"], &[(2, Amount::Key), (3, Amount::Value)]),
    (&["map_push_elem"], &[(2, Amount::Value)]),
    (&["perf_event_output", "skb_output", "xdp_output", "setsockopt"], &[(4, Amount::In(5))]),
    (
        &["ringbuf_output", "probe_write_user", "seq_write", "skb_set_tunnel_key", "skb_set_tunnel_opt"],
        &[(2, Amount::In(3))],
    ),
    (&["skb_store_bytes", "xdp_store_bytes"], &[(3, Amount::In(4))]),
    (&["sk_lookup_tcp", "sk_lookup_udp", "skc_lookup_tcp"], &[(2, Amount::In(3))]),
    (&["csum_diff"], &[(1, Amount::In(2)), (3, Amount::In(4))]),
    (&["trace_printk"], &[(1, Amount::In(2))]),
    // It writes there, and verifiers took it for a read until Linux 6.12.
    (&["sysctl_get_name"], &[(2, Amount::In(3))]),
];
