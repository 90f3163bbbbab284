#include "bpf.h"

/* Nothing to relocate, so nothing is missing. */
SEC("xdp")
int pass(u32 *ctx)
{
	return 2;
}
