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

// Reads of libbpf's, with every hop checked, as `core_read!` does; with -DINTO only the last one
// is, which is all that BPF_CORE_READ_INTO reports.
#define HOP(dst, p, a) bpf_core_read(dst, sizeof(*(dst)), &(p)->a)
#define USER_HOP(dst, p, a) bpf_core_read_user(dst, sizeof(*(dst)), &(p)->a)
#ifdef INTO
#define READ1(dst, p, a) BPF_CORE_READ_INTO(dst, p, a)
#define READ2(dst, p, a, b) BPF_CORE_READ_INTO(dst, p, a, b)
#define READ3(dst, p, a, b, c) BPF_CORE_READ_INTO(dst, p, a, b, c)
#define READ4(dst, p, a, b, c, d) BPF_CORE_READ_INTO(dst, p, a, b, c, d)
#define READ5(dst, p, a, b, c, d, e) BPF_CORE_READ_INTO(dst, p, a, b, c, d, e)
#define USER_READ1(dst, p, a) BPF_CORE_READ_USER_INTO(dst, p, a)
#define USER_READ3(dst, p, a, b, c) BPF_CORE_READ_USER_INTO(dst, p, a, b, c)
#else
#define READ1(dst, p, a) HOP(dst, p, a)
#define READ2(dst, p, a, b) ({ \
	typeof((p)->a) __a; \
	long __r = HOP(&__a, p, a); \
	if (!__r) __r = HOP(dst, __a, b); \
	__r; })
#define READ3(dst, p, a, b, c) ({ \
	typeof((p)->a) __a; typeof((p)->a->b) __b; \
	long __r = HOP(&__a, p, a); \
	if (!__r) __r = HOP(&__b, __a, b); \
	if (!__r) __r = HOP(dst, __b, c); \
	__r; })
#define READ4(dst, p, a, b, c, d) ({ \
	typeof((p)->a) __a; typeof((p)->a->b) __b; typeof((p)->a->b->c) __c; \
	long __r = HOP(&__a, p, a); \
	if (!__r) __r = HOP(&__b, __a, b); \
	if (!__r) __r = HOP(&__c, __b, c); \
	if (!__r) __r = HOP(dst, __c, d); \
	__r; })
#define READ5(dst, p, a, b, c, d, e) ({ \
	typeof((p)->a->b->c->d) __d; \
	long __s = READ4(&__d, p, a, b, c, d); \
	if (!__s) __s = HOP(dst, __d, e); \
	__s; })
#define USER_READ1(dst, p, a) USER_HOP(dst, p, a)
#define USER_READ3(dst, p, a, b, c) ({ \
	typeof((p)->a) __a; typeof((p)->a->b) __b; \
	long __r = USER_HOP(&__a, p, a); \
	if (!__r) __r = USER_HOP(&__b, __a, b); \
	if (!__r) __r = USER_HOP(dst, __b, c); \
	__r; })
#endif

// A value that is there, or an error.
#define GIVE(error, word) ({ long __e = (error); __e ? (int)-__e : give(word); })
