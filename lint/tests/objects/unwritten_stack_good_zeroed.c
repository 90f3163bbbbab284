#include "bpf.h"

static long (*const bpf_sysctl_get_name)(void *ctx, char *buf, u64 size, u64 flags) = (void *)101;

SEC("cgroup/sysctl")
int name(void *ctx)
{
	char name[32] = {};

	return bpf_sysctl_get_name(ctx, name, sizeof(name), 0) > 0;
}
