// Direct loads through pointers that the verifier knows the type of.
//
// Nothing but an event runs these programs: a thread that the test starts.

// Whether the process that runs is the one whose id is in MEMORY.
static __always_inline bool is_the_test(void)
{
	u32 zero = 0;
	u64 *memory = bpf_map_lookup_elem(&MEMORY, &zero);

	return memory && bpf_get_current_pid_tgid() >> 32 == *memory;
}

// TP_PROTO(struct task_struct *task, u64 flags)
#define ROW_OF_NEW_TASK(name) SEC("tp_btf/task_newtask") int name(u64 *ctx)

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
