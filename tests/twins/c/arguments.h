// Addresses for the other programs to look at: not programs to compare.

ROW(current_task)
{
	return give(bpf_get_current_task());
}

ROW(filled_memory)
{
	u32 zero = 0;
	void *memory = bpf_map_lookup_elem(&MEMORY, &zero);

	return memory ? give((u64)memory) : ABSENT;
}

ROW(socket_of_file)
{
	struct file **table, *file;
	struct socket *socket;
	struct sock *sk;
	long error;

	error = READ3(&table, ARG(0, struct task_struct *), files, fdt, fd);
	if (!error)
		error = bpf_probe_read_kernel(&file, sizeof(file), table + ctx[1]);
	if (!error)
		error = READ1(&socket, file, private_data);
	if (!error)
		error = READ1(&sk, socket, sk);
	return GIVE(error, (u64)sk);
}
