// ebpf/src/main.rs in C, to compare the number of instructions.
#include "events.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct { int pid; u8 comm[COMM_LEN]; int exit_state; u32 __state; };
struct task_struct___before_5_14 { long state; };
#pragma clang attribute pop

struct switch_event {
	READING(s32) pid;
	READING_OF(u8, COMM_LEN) comm;
	READING(u64) state;
	READING(u32) exit_state;
	u32 preempted;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, s32);
} ONLY SEC(".maps");

static __always_inline bool is_asked_for(struct task_struct *task)
{
	u32 zero = 0;
	s32 *only = bpf_map_lookup_elem(&ONLY, &zero), pid;

	if (!only || !*only)
		return true;
	return READ1(&pid, task, pid) || pid == *only;
}

static __always_inline long read_state(u64 *dst, struct task_struct *task)
{
	long error;

	if (bpf_core_field_exists(task->__state)) {
		u32 state;

		error = READ1(&state, task, __state);
		*dst = state;
	} else {
		struct task_struct___before_5_14 *old = (void *)task;
		long state;

		error = READ1(&state, old, state);
		*dst = state;
	}
	return error;
}

SEC("raw_tp/sched_switch") int statesnoop(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[1];
	struct switch_event *event;

	if (!is_asked_for(task))
		return 0;
	event = reserve(sizeof(*event));
	if (!event)
		return 0;
	PUT(&event->pid, READ1, task, pid);
	PUT(&event->comm, READ1, task, comm);
	PUT(&event->state, read_state, task);
	PUT(&event->exit_state, READ1, task, exit_state);
	event->preempted = ctx[0] != 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
