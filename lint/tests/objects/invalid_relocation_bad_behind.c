#include "bpf.h"

/* An element behind the end of an array that other fields follow. */
SEC("raw_tp/sched_switch")
int behind(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	char last;

	if (bpf_probe_read_kernel(&last, sizeof(last), &task->comm[16]))
		return 0;
	out = last;
	return 0;
}
