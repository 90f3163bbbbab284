#include "bpf.h"

/* A field that was renamed, a type that is new, and an enumerator that no kernel has. */
struct bpf_iter_task_vma___new {
	int nothing;
} CORE;

enum pid_type {
	PIDTYPE_NEVER = 99,
};

SEC("raw_tp/sched_switch")
int renamed(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	long state;

	if (bpf_probe_read_kernel(&state, sizeof(state), &task->state))
		return 0;
	out = state;
	return 0;
}

SEC("raw_tp/sched_switch")
int new_type(void *ctx)
{
	out = __builtin_preserve_type_info(*(struct bpf_iter_task_vma___new *)0, 1);
	return 0;
}

SEC("raw_tp/sched_switch")
int no_value(void *ctx)
{
	out = __builtin_preserve_enum_value(*(typeof(enum pid_type) *)PIDTYPE_NEVER, 1);
	return 0;
}
