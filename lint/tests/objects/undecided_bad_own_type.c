#include "bpf.h"

/* No kernel has it: the loader brings its layout. */
struct gadget_value_of_mine {
	u32 pid;
	u64 mount_namespace;
} CORE;

struct gadget_value_of_mine *values;

SEC("kprobe/do_exit")
int reads(void *ctx)
{
	u64 namespace = 0;

	if (bpf_probe_read_kernel(&namespace, sizeof(namespace), &values->mount_namespace))
		return 0;
	out = namespace;
	return bpf_probe_read_kernel(&out, 4, &values->pid);
}
