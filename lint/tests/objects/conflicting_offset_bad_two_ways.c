#include "bpf.h"

const volatile int new_kernel = 0;

SEC("kprobe/do_exit")
int pid(struct pt_regs *ctx)
{
	u8 *task = (u8 *)bpf_get_current_task();
	u32 pid;

	if (new_kernel)
		task += 2464;
	else
		task += 1256;
	if (bpf_probe_read_kernel(&pid, sizeof(pid), task))
		return 0;
	out = pid;
	return 0;
}
