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
