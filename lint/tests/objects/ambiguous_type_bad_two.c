#include "bpf.h"

/* Two files of Linux 5.10 have a struct of this name. */
struct mm_slot {
	struct mm_struct *mm;
} CORE;

SEC("kprobe/do_exit")
int two(void *ctx)
{
	struct mm_slot *slot = (void *)out;
	struct mm_struct *mm;

	if (bpf_probe_read_kernel(&mm, sizeof(mm), &slot->mm))
		return 0;
	out = (u64)mm;
	return 0;
}
