#include "bpf.h"

/* Linux 5.12 put a namespace in front, and later a mapping: the loader takes the program that fits. */
SEC("kprobe/inode_permission")
int before(struct pt_regs *ctx)
{
	out = ctx->si;
	return 0;
}

SEC("kprobe/inode_permission")
int since(struct pt_regs *ctx)
{
	out = ctx->dx;
	return 0;
}
