#include "bpf.h"

SEC("tp_btf/sched_process_exit")
int argument(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	out = task->real_parent->pid;
	return 0;
}

SEC("lsm/file_open")
int current(u64 *ctx)
{
	out = bpf_get_current_task_btf()->mm->arg_start;
	return 0;
}

struct bpf_iter__task {
	void *meta;
	struct task_struct *task;
};

SEC("iter/task")
int iterator(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		out = ctx->task->tgid;
	return 0;
}

/* Both have a type. What is behind them has one too. */
SEC("tp_btf/sched_switch")
int either(u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (ctx[0])
		task = (void *)ctx[1];
	asm volatile("" : "+r"(task));
	out = task->real_parent->mm->arg_start;
	return 0;
}
