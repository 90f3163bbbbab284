// Direct loads through pointers that the verifier knows the type of.

ROW_OF_NEW_TASK(trusted)
{
	struct task_struct *task = ARG(0, struct task_struct *);

	if (!is_the_test())
		return 0;
	return task ? give(task->tgid) : ABSENT;
}

// The first hop is a load, the second one the helper's.
ROW_OF_NEW_TASK(trusted_far)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	int tgid;

	if (!is_the_test())
		return 0;
	if (!task)
		return ABSENT;
	return GIVE(READ1(&tgid, task->real_parent, tgid), tgid);
}

ROW_OF_NEW_TASK(trusted_bits)
{
	struct task_struct *task;

	if (!is_the_test())
		return 0;
	task = bpf_get_current_task_btf();
	return give(BPF_CORE_READ_BITFIELD(task, sched_reset_on_fork));
}
