#include "bpf.h"

/* The old value is asked for. */
SEC("raw_tp/sched_switch")
int atomic(void *ctx)
{
	return __sync_fetch_and_add(&out, 1) == 7;
}

SEC("raw_tp/sched_switch")
int exchange(void *ctx)
{
	return __sync_lock_test_and_set(&out, 1) == 7;
}
