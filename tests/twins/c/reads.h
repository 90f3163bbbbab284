// BPF_CORE_READ and BPF_CORE_READ_INTO.

ROW(parent)
{
	int tgid;

	return GIVE(READ2(&tgid, ARG(0, struct task_struct *), real_parent, tgid), tgid);
}

ROW(nested)
{
	u64 weight;

	return GIVE(READ1(&weight, ARG(0, struct task_struct *), se.load.weight), weight);
}

ROW(element)
{
	u8 c;

	return GIVE(READ1(&c, ARG(0, struct task_struct *), comm[3]), c);
}

ROW(inode)
{
	u64 ino;
	long error = READ5(&ino, ARG(0, struct task_struct *), mm, exe_file, f_path.dentry, d_inode, i_ino);

	return GIVE(error, ino);
}

ROW(two_reads)
{
	struct task_struct *task = ARG(0, struct task_struct *), *parent;
	int theirs, ours;
	long error = READ1(&parent, task, real_parent);

	if (!error)
		error = READ1(&theirs, parent, tgid);
	if (!error)
		error = READ1(&ours, task, tgid);
	return GIVE(error, theirs ^ ours);
}

ROW(ancestors)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	u64 depth = 0;

	while (depth < 32) {
		int tgid;
		long error = READ1(&tgid, task, tgid);

		if (error)
			return -error;
		if (tgid <= 1)
			break;
		error = READ1(&task, task, real_parent);
		if (error)
			return -error;
		depth++;
	}
	return give(depth);
}

ROW(whole)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	u64 weight;
	u32 inv_weight;
	long error = READ1(&weight, task, se.load.weight);

	if (!error)
		error = READ1(&inv_weight, task, se.load.inv_weight);
	return GIVE(error, weight + inv_weight);
}

ROW(plain)
{
	struct rlimit limit;
	long error = READ2(&limit, ARG(0, struct task_struct *), signal, rlim[7]);

	return GIVE(error, limit.rlim_cur ^ limit.rlim_max << 32);
}

ROW(into)
{
	int tgid;

	return GIVE(READ1(&tgid, ARG(0, struct task_struct *), tgid), tgid);
}

ROW(into_far)
{
	int tgid;

	return GIVE(READ3(&tgid, ARG(0, struct task_struct *), real_parent, group_leader, tgid), tgid);
}

ROW(socket)
{
	struct sock *sk = ARG(0, struct sock *);
	u16 family, port;
	u32 address;
	long error = READ1(&family, sk, __sk_common.skc_family);

	if (error)
		return -error;
	if (family != 2)
		return give(0);
	error = READ1(&port, sk, __sk_common.skc_dport);
	if (!error)
		error = READ1(&address, sk, __sk_common.skc_daddr);
	return GIVE(error, (u64)address << 16 | port);
}
