#include "bpf.h"

#define BPF_CORE_READ(base, field) ({ \
	typeof((base)->field) value; \
	bpf_probe_read_kernel(&value, sizeof(value), &(base)->field); \
	value; \
})

SEC("kprobe/do_exit")
int checked(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	long failed;
	u32 pid, code;

	if (bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid))
		return 0;
	failed = bpf_probe_read_kernel(&code, sizeof(code), &task->exit_code);
	out = failed ? pid : code + pid;
	return 0;
}

/* The macro has a rule of its own. */
SEC("kprobe/do_fork")
int by_macro(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	out = BPF_CORE_READ(task, tgid);
	return 0;
}

/* Not used, but handed on. */
SEC("kprobe/do_nanosleep")
int sent(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	char comm[16] = {};

	bpf_probe_read_kernel(comm, sizeof(comm), task->comm);
	bpf_map_lookup_elem(NULL, comm);
	return 0;
}
