//! Enumerators of the kernel's own enums, whose values change from one kernel to the next.

/// The enum that an enumerator is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enum {
    /// One of that name.
    Named(&'static str),
    /// One without a name, which CO-RE cannot ask for: it finds types by their names.
    Unnamed,
}

/// Enumerators that begin so (`include/linux/{pid,uio,skbuff,trace_events,mmzone,mm_types_task}.h`).
const PREFIXES: &[(&str, Enum)] = &[
    ("PIDTYPE_", Enum::Named("pid_type")),
    ("ITER_", Enum::Named("iter_type")),
    ("SKB_EXT_", Enum::Named("skb_ext_id")),
    ("NR_FREE_", Enum::Named("zone_stat_item")),
    ("NR_ZONE_", Enum::Named("zone_stat_item")),
    ("NR_LRU_BASE", Enum::Named("node_stat_item")),
    ("NR_LRU_LISTS", Enum::Named("lru_list")),
    ("TRACE_EVENT_FL_", Enum::Unnamed),
    ("MM_FILEPAGES", Enum::Unnamed),
    ("MM_ANONPAGES", Enum::Unnamed),
    ("MM_SWAPENTS", Enum::Unnamed),
    ("MM_SHMEMPAGES", Enum::Unnamed),
];

/// Controllers of `include/linux/cgroup_subsys.h`: the kernel's configuration makes an enum of them.
const CONTROLLERS: &[&str] = &[
    "cpuset",
    "cpu",
    "cpuacct",
    "io",
    "memory",
    "devices",
    "freezer",
    "net_cls",
    "perf_event",
    "net_prio",
    "hugetlb",
    "pids",
    "rdma",
    "misc",
];

/// The kernel's own enum that has an enumerator of that name. `None` for the user-space API (`BPF_*`,
/// `IPPROTO_*`), and for what is not known.
#[must_use]
pub fn enum_of(enumerator: &str) -> Option<Enum> {
    // bindgen puts the enum's name in front.
    let name = [
        "pid_type_",
        "iter_type_",
        "skb_ext_id_",
        "cgroup_subsys_id_",
    ]
    .iter()
    .find_map(|prefix| enumerator.strip_prefix(prefix))
    .unwrap_or(enumerator);
    if let Some(controller) = name.strip_suffix("_cgrp_id") {
        let known = CONTROLLERS.contains(&controller);
        return known.then_some(Enum::Named("cgroup_subsys_id"));
    }
    let mut prefixes = PREFIXES
        .iter()
        .filter(|(prefix, _)| name.starts_with(prefix));
    prefixes.next().map(|(_, of)| *of)
}

#[cfg(test)]
mod tests {
    use super::{Enum, enum_of};

    #[test]
    fn knows_enums() {
        assert_eq!(enum_of("PIDTYPE_TGID"), Some(Enum::Named("pid_type")));
        assert_eq!(
            enum_of("iter_type_ITER_BVEC"),
            Some(Enum::Named("iter_type"))
        );
        assert_eq!(
            enum_of("memory_cgrp_id"),
            Some(Enum::Named("cgroup_subsys_id"))
        );
        assert_eq!(enum_of("MM_ANONPAGES"), Some(Enum::Unnamed));
        for name in ["BPF_MAP_TYPE_HASH", "IPPROTO_TCP", "my_cgrp_id", ""] {
            assert_eq!(enum_of(name), None, "{name}");
        }
    }
}
