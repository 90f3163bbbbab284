// The registers of 32-bit arm, of which no kernel is known: on those of others it is never loaded.
#include "bpf.h"

struct pt_regs___arm {
	unsigned long uregs[18];
} CORE;

SEC("kprobe/do_exit")
int probe(struct pt_regs___arm *ctx)
{
	return ctx->uregs[0] == 0;
}
