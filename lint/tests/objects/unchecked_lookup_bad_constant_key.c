#include "bpf.h"

struct {
	int (*type)[2];
	u32 *key;
	u64 *value;
	int (*max_entries)[1];
} counts SEC(".maps");

/* Linux 6.14 and later know that the array has the element. */
SEC("raw_tp/sched_switch")
int count(void *ctx)
{
	u32 key = 0;
	u64 *value = bpf_map_lookup_elem(&counts, &key);

	*value += 1;
	return 0;
}
