// BPF_CORE_READ_STR_INTO.

ROW(comm)
{
	u8 *buf = text();

	if (!buf)
		return ABSENT;
	return give_text(bpf_core_read_str(buf, TEXT_SIZE, &ARG(0, struct task_struct *)->comm));
}

ROW(name)
{
	u8 *buf = text();
	const u8 *name;
	long error;

	if (!buf)
		return ABSENT;
	error = READ4(&name, ARG(0, struct task_struct *), mm, exe_file, f_path.dentry, d_name.name);
	if (error)
		return -error;
	return give_text(bpf_probe_read_kernel_str(buf, TEXT_SIZE, name));
}
