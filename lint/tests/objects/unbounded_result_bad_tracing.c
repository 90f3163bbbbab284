#include "bpf.h"

static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;

SEC("fentry/vfs_unlink")
int entry(u64 *ctx)
{
	return bpf_get_prandom_u32();
}

SEC("fexit/vfs_unlink")
int end(u64 *ctx)
{
	return -14;
}

SEC("iter/task")
int tasks(u64 *ctx)
{
	return bpf_get_prandom_u32() & 3;
}

/* Registers of x86 alone: kernels of other architectures, some of which attach nothing to functions, are left out. */
SEC("kprobe/do_exit")
int code(struct pt_regs *ctx)
{
	out = ctx->di;
	return 0;
}
