#include "bpf.h"

struct {
	int (*type)[30]; /* BPF_MAP_TYPE_BLOOM_FILTER */
	int (*max_entries)[8];
	u32 *value;
} bloom SEC(".maps");

static long (*const bpf_map_push_elem)(void *map, const void *value, u64 flags) = (void *)87;

SEC("raw_tp/sched_switch")
int push(void *ctx)
{
	u32 value = 1;

	return bpf_map_push_elem(&bloom, &value, 0);
}
