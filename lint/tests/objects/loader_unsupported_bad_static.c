#include "bpf.h"

SEC("raw_tp/sched_switch")
static int count(void *ctx)
{
	out = 1;
	return 0;
}
