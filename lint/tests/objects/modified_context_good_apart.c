#include "bpf.h"

static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;

SEC("raw_tp/sched_switch")
int apart(u64 *ctx)
{
	u64 argument;

	if (bpf_get_prandom_u32() & 1) {
		argument = ctx[1];
		asm volatile("" ::: "memory");
	} else {
		argument = ctx[0];
	}
	return argument == 7;
}
