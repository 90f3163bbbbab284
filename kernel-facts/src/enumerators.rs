//! Enumerators of the kernel's own enums, whose values change from one kernel to the next.

/// Whether a name is one of them. User-space API (`BPF_*`, `IPPROTO_*`) is not.
#[must_use]
pub fn is_internal(name: &str) -> bool {
    // include/linux/{pid,uio,skbuff,trace_events,mmzone,vmstat,fs}.h, include/linux/cgroup_subsys.h
    const PREFIXES: &[&str] = &[
        "PIDTYPE_",
        "ITER_",
        "SKB_EXT_",
        "TRACE_EVENT_FL_",
        "NR_FREE_",
        "NR_ZONE_",
        "NR_LRU_",
        "MM_FILEPAGES",
        "MM_ANONPAGES",
        "MM_SWAPENTS",
        "MM_SHMEMPAGES",
    ];
    // `enum cgroup_subsys_id` is made by configuration.
    const CGROUPS: &[&str] = &[
        "cpuset_cgrp_id",
        "cpu_cgrp_id",
        "cpuacct_cgrp_id",
        "io_cgrp_id",
        "memory_cgrp_id",
        "devices_cgrp_id",
        "freezer_cgrp_id",
        "net_cls_cgrp_id",
        "perf_event_cgrp_id",
        "net_prio_cgrp_id",
        "hugetlb_cgrp_id",
        "pids_cgrp_id",
        "rdma_cgrp_id",
        "misc_cgrp_id",
    ];
    // bindgen puts the enum's name in front.
    let name = [
        "pid_type_",
        "iter_type_",
        "skb_ext_id_",
        "cgroup_subsys_id_",
    ]
    .iter()
    .find_map(|prefix| name.strip_prefix(prefix))
    .unwrap_or(name);
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || CGROUPS.contains(&name)
}
