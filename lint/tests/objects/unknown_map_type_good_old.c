#include "bpf.h"

struct {
	int (*type)[1];
	int (*max_entries)[8];
	u32 *key;
	u64 *value;
} hash SEC(".maps");

SEC("raw_tp/sched_switch")
int look(void *ctx)
{
	u32 key = 1;
	u64 *value = bpf_map_lookup_elem(&hash, &key);

	if (value)
		out = *value;
	return 0;
}
