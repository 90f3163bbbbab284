#include "bpf.h"

struct bpf_map_def {
	u32 type, key_size, value_size, max_entries, map_flags;
};

/* libbpf takes no maps without types since 1.0. */
struct bpf_map_def SEC("maps") counts = {
	.type = 2, .key_size = 4, .value_size = 8, .max_entries = 1,
};

SEC("raw_tp/sched_switch")
int count(void *ctx)
{
	u32 key = 0;

	out = bpf_map_lookup_elem(&counts, &key) != NULL;
	return 0;
}
