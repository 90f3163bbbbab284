#include "bpf.h"

SEC("tp_btf/sched_process_exit")
int typed(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	out = task->pid;
	return 0;
}

/* Arguments that came and went, and are not read. */
SEC("raw_tp/block_rq_issue")
int unread(u64 *ctx)
{
	return 0;
}
