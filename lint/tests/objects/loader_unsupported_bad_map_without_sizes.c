#include "bpf.h"

/* cilium/ebpf fills in the sizes of keys and values. */
struct {
	int (*type)[4]; /* BPF_MAP_TYPE_PERF_EVENT_ARRAY */
} events SEC(".maps");

SEC("raw_tp/sched_switch")
int count(void *ctx)
{
	u32 key = 0;

	out = bpf_map_lookup_elem(&events, &key) != NULL;
	return 0;
}
