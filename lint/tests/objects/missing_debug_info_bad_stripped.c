#include "bpf.h"

SEC("kprobe/do_exit")
int pid(struct pt_regs *ctx)
{
	u32 pid;

	if (bpf_probe_read_kernel(&pid, sizeof(pid), (void *)(bpf_get_current_task() + 1256)))
		return 0;
	out = pid;
	return 0;
}
