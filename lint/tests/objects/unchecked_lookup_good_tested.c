#include "bpf.h"

struct {
	int (*type)[2];
	u32 *key;
	u64 *value;
	int (*max_entries)[1];
} counts SEC(".maps");

/* Every kernel takes this. */
SEC("raw_tp/sched_switch")
int count(void *ctx)
{
	u32 key = 0;
	u64 *value = bpf_map_lookup_elem(&counts, &key);

	if (value)
		*value += 1;
	return 0;
}
