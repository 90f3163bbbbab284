#include "bpf.h"

/* The kernel has no int for it. All policies are told apart alike. */
struct task_struct___int {
	int policy;
} CORE;

SEC("raw_tp/sched_switch")
int sign(void *ctx)
{
	struct task_struct___int *task = (void *)bpf_get_current_task();
	int policy;

	if (bpf_probe_read_kernel(&policy, sizeof(policy), &task->policy))
		return 0;
	out = policy == 0 || policy & 0x80;
	return 0;
}
