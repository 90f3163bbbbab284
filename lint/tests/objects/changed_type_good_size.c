#include "bpf.h"

struct task_struct___own {
	u32 flags;
	char comm[16];
} CORE;

SEC("raw_tp/sched_switch")
int same(void *ctx)
{
	struct task_struct___own *task = (void *)bpf_get_current_task();
	u32 flags;
	char comm[16];

	if (bpf_probe_read_kernel(&flags, sizeof(flags), &task->flags))
		return 0;
	if (bpf_probe_read_kernel(comm, sizeof(comm), &task->comm))
		return 0;
	out = flags + comm[0];
	return 0;
}
