// Questions about types, whose answers the loader knows.

struct of_no_kernel { u32 id; };

ROW(type_exists)
{
	return give(bpf_core_type_exists(struct task_struct));
}

ROW(type_is_missing)
{
	return give(bpf_core_type_exists(struct of_no_kernel));
}

ROW(type_size)
{
	u64 size = bpf_core_type_size(struct task_struct);

	return size ? give(size) : ABSENT;
}

ROW(type_id_local)
{
	return give(bpf_core_type_id_local(struct task_struct));
}

ROW(type_id_kernel)
{
	u32 id = bpf_core_type_id_kernel(struct task_struct);

	return id ? give(id) : ABSENT;
}
