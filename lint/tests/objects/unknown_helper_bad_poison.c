#include "bpf.h"

/* What a loader writes into its copy of an object, where its kernel has no answer. */
SEC("raw_tp/sched_switch")
int record(void *ctx)
{
	out = ((u64 (*)(void))195896080)();
	return 0;
}

SEC("raw_tp/sched_switch")
int map(void *ctx)
{
	out = ((u64 (*)(void))2001000000)();
	return 0;
}

SEC("raw_tp/sched_switch")
int kfunc(void *ctx)
{
	out = ((u64 (*)(void))2002000007)();
	return 0;
}
