#include "bpf.h"

/* The field of the same struct that only one of the two has. */
struct mm_slot___ksm {
	void *rmap_list;
} CORE;

SEC("raw_tp/sched_switch")
int one(void *ctx)
{
	struct mm_slot___ksm *slot = 0;

	out = __builtin_preserve_field_info(slot->rmap_list, 2);
	return 0;
}
