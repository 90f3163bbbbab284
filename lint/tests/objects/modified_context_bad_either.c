#include "bpf.h"

static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;

/* The compiler chooses the address, and loads once. */
SEC("raw_tp/sched_switch")
int either(u64 *ctx)
{
	return (bpf_get_prandom_u32() & 1 ? ctx[0] : ctx[1]) == 7;
}
