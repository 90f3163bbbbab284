#include "bpf.h"

const volatile int group = 0;

SEC("kprobe/do_exit")
int pid(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u32 pid;

	if (bpf_probe_read_kernel(&pid, sizeof(pid), group ? &task->tgid : &task->pid))
		return 0;
	out = pid;
	return 0;
}
