#include "bpf.h"

/* Arguments of a traced function: read by a helper, loaded directly, found from a member. */
SEC("kprobe/tcp_connect")
int BPF_kprobe(struct pt_regs *ctx)
{
	u16 port;

	if (bpf_probe_read_kernel(&port, sizeof(port), (u8 *)ctx->di + 12))
		return 0;
	out = port;
	return 0;
}

SEC("tp_btf/sched_process_exit")
int direct(u64 *ctx)
{
	u8 *task = (u8 *)ctx[0];

	out = *(u32 *)(task + 1256);
	return 0;
}

SEC("fentry/list_add")
int container(u64 *ctx)
{
	struct task_struct *task = (void *)(ctx[0] - 2616);

	out = task->pid;
	return 0;
}

/* A function that no kernel has, whatever the loader takes instead. */
SEC("kprobe/sendto")
int of_any(struct pt_regs *ctx)
{
	u32 number;

	if (bpf_probe_read_kernel(&number, sizeof(number), (u8 *)ctx->di + 20))
		return 0;
	out = number;
	if (bpf_probe_read_kernel(&number, sizeof(number), (u8 *)ctx->si + 112))
		return 0;
	out = number;
	return 0;
}

/* `struct sock` is known, so its byte 112 is no register. */
SEC("kprobe")
int tcp_connect(struct pt_regs *ctx)
{
	u64 number;

	if (bpf_probe_read_kernel(&number, sizeof(number), (u8 *)ctx->di + 112))
		return 0;
	out = number;
	return 0;
}
