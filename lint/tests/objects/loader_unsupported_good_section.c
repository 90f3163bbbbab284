#include "bpf.h"

struct xdp_md;

SEC("xdp")
int packet(struct xdp_md *ctx)
{
	return 1;
}
