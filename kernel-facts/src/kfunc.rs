//! Functions of the kernel that a program calls by name (kfuncs), and the pointers that they give.

/// What kind of pointer a kfunc gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// One to a struct of the kernel, whose type the verifier knows.
    Kernel,
    /// One to memory of the program itself, such as a packet or an object that it allocated.
    Own,
}

/// What the kfunc of that name gives, with or without `bpf_`. `None` for what is not known here.
#[must_use]
pub fn gives(name: &str) -> Option<Gives> {
    match name.strip_prefix("bpf_").unwrap_or(name) {
        "rdonly_cast"
        | "cast_to_kern_ctx"
        | "task_acquire"
        | "task_from_pid"
        | "task_from_vpid"
        | "task_get_cgroup1"
        | "cgroup_acquire"
        | "cgroup_from_id"
        | "cgroup_ancestor"
        | "cpumask_acquire"
        | "get_mem_cgroup"
        | "get_root_mem_cgroup"
        | "get_task_exe_file"
        | "iter_css_next"
        | "iter_css_task_next"
        | "iter_task_next"
        | "iter_task_vma_next" => Some(Gives::Kernel),
        "arena_alloc_pages"
        | "dynptr_slice"
        | "dynptr_slice_rdwr"
        | "iter_num_next"
        | "list_back"
        | "list_front"
        | "list_pop_back"
        | "list_pop_front"
        | "obj_new"
        | "obj_new_impl"
        | "percpu_obj_new"
        | "percpu_obj_new_impl"
        | "rbtree_first"
        | "rbtree_left"
        | "rbtree_remove"
        | "rbtree_right"
        | "rbtree_root"
        | "refcount_acquire"
        | "refcount_acquire_impl" => Some(Gives::Own),
        _ => None,
    }
}
