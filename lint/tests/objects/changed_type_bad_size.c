#include "bpf.h"

/* Linux 6.12 has one byte of it. Four are read: three of them are other fields. */
struct sched_entity {
	u32 on_rq;
} CORE;

struct task_struct___se {
	struct sched_entity se;
} CORE;

SEC("raw_tp/sched_switch")
int size(void *ctx)
{
	struct task_struct___se *task = (void *)bpf_get_current_task();
	u32 on_rq;

	if (bpf_probe_read_kernel(&on_rq, sizeof(on_rq), &task->se.on_rq))
		return 0;
	out = on_rq;
	return 0;
}
