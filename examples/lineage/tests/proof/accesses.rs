//! What the objects have to ask the kernel for: kind and path of every relocation, each once.

/// `lineage.o`
pub(crate) const LINEAGE: [&str; 17] = [
    "byte_off cgroup.kn",
    "byte_off css_set.dfl_cgrp",
    "byte_off file.f_inode",
    "byte_off inode.i_ino",
    "byte_off kernfs_node.id",
    "byte_off mm_struct.exe_file",
    "byte_off task_struct.cgroups",
    "byte_off task_struct.comm",
    "byte_off task_struct.group_leader",
    "byte_off task_struct.mm",
    "byte_off task_struct.real_parent",
    "byte_off task_struct.real_start_time",
    "byte_off task_struct.se.vruntime",
    "byte_off task_struct.start_boottime",
    "byte_off task_struct.tgid",
    "field_exists task_struct.real_start_time",
    "field_exists task_struct.start_boottime",
];

/// What `frozen.o` would have to ask for. It does not: the last has no relocation.
pub(crate) const FROZEN: [&str; 3] = [
    "byte_off task_struct.real_parent",
    "byte_off task_struct.tgid",
    "byte_off task_struct.start_boottime",
];
