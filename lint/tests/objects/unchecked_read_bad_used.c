#include "bpf.h"

SEC("kprobe/do_exit")
int pid(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u32 pid;

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid);
	if (pid == 1)
		out++;
	return 0;
}
