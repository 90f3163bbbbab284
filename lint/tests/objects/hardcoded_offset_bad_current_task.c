#include "bpf.h"

#define PARENT 2608

/* An offset through a helper function, one by a variable, and a hop. */
static __attribute__((noinline)) u64 field(u64 task, u64 offset)
{
	u64 value = 0;

	if (bpf_probe_read_kernel(&value, sizeof(value), (void *)(task + offset)))
		return 0;
	return value;
}

SEC("raw_tp/sched_switch")
int parent(void *ctx)
{
	u64 task = bpf_get_current_task();
	u64 parent = field(task, PARENT);
	u32 tgid;

	if (bpf_probe_read_kernel(&tgid, sizeof(tgid), (void *)(parent + 2468)))
		return 0;
	out = tgid;
	return 0;
}
