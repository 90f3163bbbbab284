#include "bpf.h"

struct xdp_md;

/* libbpf took every name that starts with a known one, and takes none of them since 1.0. */
SEC("xdp_drop")
int packet(struct xdp_md *ctx)
{
	return 1;
}
