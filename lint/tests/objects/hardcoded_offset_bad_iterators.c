/* What iterators give beside the program's own memory. */
#include "bpf.h"

struct bpf_iter__three {
	void *meta;
	void *first;
	void *second;
	void *third;
};

SEC("iter/task")
int tasks(struct bpf_iter__three *ctx)
{
	u32 *task = ctx->first;

	if (task)
		out = task[17];
	return 0;
}

SEC("iter/bpf_map_elem")
int maps(struct bpf_iter__three *ctx)
{
	u32 *map = ctx->first;

	if (map)
		out = map[5];
	return 0;
}

SEC("iter/sockmap")
int sockets(struct bpf_iter__three *ctx)
{
	u32 *sk = ctx->third;

	if (sk)
		out = sk[9];
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int storage(struct bpf_iter__three *ctx)
{
	u32 *sk = ctx->second;

	if (sk)
		out = sk[10];
	return 0;
}
