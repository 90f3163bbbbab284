/* Constant offsets into memory of the program itself, wherever the kernel hands it back. */
#include "bpf.h"

struct value {
	u64 at[8];
};

struct bpf_iter__bpf_map_elem {
	void *meta;
	void *map;
	u32 *key;
	struct value *value;
};

struct bpf_iter__sockmap {
	void *meta;
	void *map;
	u32 *key;
	void *sk;
};

struct bpf_iter__bpf_sk_storage_map {
	void *meta;
	void *map;
	void *sk;
	struct value *value;
};

static long (*const bpf_for_each_map_elem)(void *map, void *callback, void *context, u64 flags) = (void *)164;
static void *(*const bpf_dynptr_data)(void *pointer, u32 offset, u32 size) = (void *)203;
static void *(*const bpf_sk_storage_get)(void *map, void *sk, void *value, u64 flags) = (void *)107;
static void *(*const bpf_map_lookup_percpu_elem)(void *map, const void *key, u32 cpu) = (void *)195;
static void *(*const bpf_skc_lookup_tcp)(void *ctx, void *tuple, u32 size, u64 netns, u64 flags) = (void *)99;
extern void *bpf_dynptr_slice(void *pointer, u32 offset, void *buffer, u32 size) SEC(".ksyms");
extern void *bpf_obj_new_impl(u64 type, void *meta) SEC(".ksyms");

int map SEC(".maps");

SEC("iter/bpf_map_elem")
int elements(struct bpf_iter__bpf_map_elem *ctx)
{
	struct value *value = ctx->value;
	u32 *key = ctx->key;

	if (!key || !value)
		return 0;
	out = value->at[3] + key[1];
	return 0;
}

SEC("iter.s/bpf_map_elem")
int sleeping(struct bpf_iter__bpf_map_elem *ctx)
{
	struct value *value = ctx->value;
	u64 copy = 0;

	if (!value)
		return 0;
	bpf_probe_read_kernel(&copy, sizeof(copy), &value->at[5]);
	out = copy;
	return 0;
}

/* The loader says what it iterates over. */
SEC("iter")
int anything(struct bpf_iter__bpf_map_elem *ctx)
{
	struct value *value = ctx->value;

	if (value)
		out = value->at[2];
	return 0;
}

SEC("iter/sockmap")
int keys(struct bpf_iter__sockmap *ctx)
{
	u32 *key = ctx->key;

	if (key)
		out = key[1];
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int storage(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct value *value = ctx->value;

	if (value)
		out = value->at[7];
	return 0;
}

static long each(void *map, u32 *key, struct value *value, struct value *context)
{
	context->at[1] += value->at[4] + key[1];
	return 0;
}

SEC("kprobe/do_exit")
int given(struct pt_regs *ctx)
{
	struct value sum = {}, *value;
	u32 key = 0, *slice;

	bpf_for_each_map_elem(&map, each, &sum, 0);
	value = bpf_map_lookup_percpu_elem(&map, &key, 0);
	if (value)
		sum.at[2] += value->at[6];
	value = bpf_dynptr_data(&sum, 0, sizeof(*value));
	if (value)
		sum.at[3] += value->at[2];
	slice = bpf_dynptr_slice(&sum, 0, NULL, 8);
	if (slice)
		sum.at[4] += slice[1];
	value = bpf_obj_new_impl(1, NULL);
	if (value)
		sum.at[5] += value->at[3];
	out = sum.at[1] + sum.at[2] + sum.at[3] + sum.at[4] + sum.at[5];
	return 0;
}

/* `struct bpf_sock` is user-space API. */
SEC("tc")
int packet(void *ctx)
{
	u64 tuple[5] = {};
	u32 *sock = bpf_skc_lookup_tcp(ctx, tuple, sizeof(tuple), -1, 0);
	struct value *value;

	if (!sock)
		return 0;
	out = sock[3];
	value = bpf_sk_storage_get(&map, sock, NULL, 0);
	if (value)
		out += value->at[1];
	return 0;
}
