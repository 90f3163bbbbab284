// The C half of `../ebpf/src/struct_ops.rs`.
#include "bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

// net/bpf/bpf_dummy_struct_ops.c, include/linux/bpf.h
struct bpf_dummy_ops_state { int val; int of_no_kernel; };
struct bpf_dummy_ops_state___wide { s64 val; };

#pragma clang attribute pop

struct bpf_dummy_ops { int (*test_1)(u64 *ctx); };

// What a program returns that did not write.
#define ABSENT -1
#define DOES_NOT_FIT -34 // ERANGE

// Functions that are a program each: int (*test_1)(struct bpf_dummy_ops_state *state). Each has a
// map, which tells libbpf what it is. They have no other maps, as they may call no helper.
#define ROW_OF_DUMMY_OPS(name) \
	int name(u64 *ctx); \
	SEC(".struct_ops") struct bpf_dummy_ops name##_ops = { .test_1 = name }; \
	SEC("struct_ops/test_1") int name(u64 *ctx)
#define STATE(type) ((struct type *)ctx[0])

// BPF_CORE_WRITE_BITFIELD, which is not in libbpf 1.1, and cuts a value that the bits cannot hold:
// without -DINTO, the same with a check.
#define WRITE_BITS(s, field, value) \
	write_bits((void *)(s) + __CORE_RELO(s, field, BYTE_OFFSET), \
		   __CORE_RELO(s, field, BYTE_SIZE), __CORE_RELO(s, field, LSHIFT_U64), \
		   __CORE_RELO(s, field, RSHIFT_U64), __CORE_RELO(s, field, SIGNED), value)

static __always_inline int write_bits(void *field, u32 size, u32 left, u32 right, bool is_signed,
				      u64 value)
{
	u64 mask = ~0ULL << right >> left;
	u64 moved = value << (right - left) & mask;

#ifndef INTO
	if (value != (is_signed ? (u64)((s64)(value << right) >> right) : value << right >> right))
		return DOES_NOT_FIT;
#endif
	switch (size) {
	case 1:
		*(u8 *)field = (*(u8 *)field & ~mask) | moved;
		break;
	case 2:
		*(u16 *)field = (*(u16 *)field & ~mask) | moved;
		break;
	case 4:
		*(u32 *)field = (*(u32 *)field & ~mask) | moved;
		break;
	case 8:
		*(u64 *)field = (*(u64 *)field & ~mask) | moved;
		break;
	}
	return 0;
}

ROW_OF_DUMMY_OPS(write)
{
	struct bpf_dummy_ops_state *state = STATE(bpf_dummy_ops_state);

	if (!state)
		return ABSENT;
	state->val = state->val * 2;
	return 0;
}

ROW_OF_DUMMY_OPS(write_optional)
{
	struct bpf_dummy_ops_state *state = STATE(bpf_dummy_ops_state);

	if (!state || !bpf_core_field_exists(state->val))
		return ABSENT;
	state->val = state->val - 100;
	return 0;
}

ROW_OF_DUMMY_OPS(write_missing)
{
	struct bpf_dummy_ops_state *state = STATE(bpf_dummy_ops_state);

	if (!state || !bpf_core_field_exists(state->of_no_kernel))
		return ABSENT;
	state->of_no_kernel = 1;
	return 0;
}

ROW_OF_DUMMY_OPS(write_any_size)
{
	struct bpf_dummy_ops_state___wide *state = STATE(bpf_dummy_ops_state___wide);

	if (!state)
		return ABSENT;
	return WRITE_BITS(state, val, (s64)BPF_CORE_READ_BITFIELD(state, val) << 28);
}

char _license[] SEC("license") = "Dual MIT/GPL";
