// What a program is given, and where it puts its answer.
#define ABSENT -1

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} VALUE SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8[64]);
} TEXT SEC(".maps");

// Memory of the kernel that a test can fill.
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8[16384]);
} MEMORY SEC(".maps");

static __always_inline int give(u64 word)
{
	u32 zero = 0;
	u64 *value = bpf_map_lookup_elem(&VALUE, &zero);

	if (!value)
		return ABSENT;
	*value = word;
	return 0;
}

// The length that a helper for strings returned, which counts the NUL.
static __always_inline int give_text(long written)
{
	if (written < 0)
		return -written;
	return give(written ? written - 1 : 0);
}

static __always_inline u8 *text(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&TEXT, &zero);
}
#define TEXT_SIZE 64

// Functions that are a program each.
#define ROW(name) SEC("raw_tp") int name(u64 *ctx)
#define ARG(n, type) ((type)ctx[n])

#include "hops.h"

// A value that is there, or an error.
#define GIVE(error, word) ({ long __e = (error); __e ? (int)-__e : give(word); })
