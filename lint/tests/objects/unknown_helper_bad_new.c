#include "bpf.h"

static void *(*const bpf_loop)(u32 count, void *callback, void *context, u64 flags) = (void *)181;

SEC("raw_tp/sched_switch")
int typed_task(void *ctx)
{
	out = bpf_get_current_task_btf() != NULL;
	return 0;
}

static int step(u64 at, void *context)
{
	out += at;
	return 0;
}

SEC("raw_tp/sched_switch")
int loop(void *ctx)
{
	bpf_loop(8, step, NULL, 0);
	return 0;
}
