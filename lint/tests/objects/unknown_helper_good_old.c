#include "bpf.h"

SEC("raw_tp/sched_switch")
int old(void *ctx)
{
	out = bpf_get_current_task();
	return 0;
}
