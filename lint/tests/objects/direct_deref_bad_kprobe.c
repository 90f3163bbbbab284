#include "bpf.h"

SEC("kprobe/do_exit")
int current(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	out = task->pid;
	return 0;
}

SEC("raw_tp/sched_process_exit")
int argument(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	out = task->tgid;
	return 0;
}

SEC("fentry/do_exit")
int copied(u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf(), *parent;

	if (bpf_probe_read_kernel(&parent, sizeof(parent), &task->real_parent))
		return 0;
	out = parent->pid;
	return 0;
}
