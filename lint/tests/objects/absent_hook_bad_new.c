#include "bpf.h"

/* A tracepoint and a hook that came. */
SEC("tp/block/block_io_start")
int came(void *ctx)
{
	return 0;
}

SEC("lsm/bdev_setintegrity")
int hook(void *ctx)
{
	return 0;
}
