#include "bpf.h"

/* Fields that every kernel has, and a flavour. */
struct task_struct___own {
	char comm[16];
	int tgid;
} CORE;

SEC("raw_tp/sched_switch")
int everywhere(void *ctx)
{
	struct task_struct___own *task = (void *)bpf_get_current_task();
	int tgid;

	if (bpf_probe_read_kernel(&tgid, sizeof(tgid), &task->tgid))
		return 0;
	out = tgid + __builtin_preserve_field_info(task->comm, 1);
	return 0;
}
