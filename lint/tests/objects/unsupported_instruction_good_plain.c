#include "bpf.h"

/* Kernels have always added without giving the old value. */
SEC("raw_tp/sched_switch")
int plain(void *ctx)
{
	__atomic_fetch_add(&out, 1, __ATOMIC_RELAXED);
	return 0;
}

SEC("raw_tp/sched_switch")
int division(void *ctx)
{
	return bpf_get_current_task() / 10 == 7;
}
