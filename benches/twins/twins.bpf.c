// The C half of the twins: `src/main.rs` is the other, program by program. Each hop is
// checked, as `core_read!` does; with -DINTO only the last one is, which is all that
// BPF_CORE_READ_INTO reports.
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

typedef __u64 u64;
typedef __u32 u32;
typedef __u16 u16;
typedef __u8 u8;
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct load_weight { u64 weight; u32 inv_weight; };
struct sched_entity { struct load_weight load; u64 vruntime; };
struct inode { u64 i_ino; };
struct qstr { u32 len; const u8 *name; };
struct dentry { struct qstr d_name; struct inode *d_inode; };
struct path { struct dentry *dentry; };
struct file { struct path f_path; };
struct mm_struct { struct file *exe_file; };
struct task_struct {
	int tgid;
	u32 flags;
	u8 comm[16];
	struct sched_entity se;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	u32 __state;
};
struct task_struct___old { long state; };
struct sock_common { u16 skc_family; u16 skc_dport; u32 skc_daddr; };
struct sock { struct sock_common __sk_common; };
#pragma clang attribute pop

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} OUT SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8[64]);
} NAME SEC(".maps");

#ifdef INTO
#define READ1(dst, p, a) BPF_CORE_READ_INTO(dst, p, a)
#define READ2(dst, p, a, b) BPF_CORE_READ_INTO(dst, p, a, b)
#define READ5(dst, p, a, b, c, d, e) BPF_CORE_READ_INTO(dst, p, a, b, c, d, e)
#define READ_STR(dst, p, a, b, c, d) ({ \
	const u8 *__name; \
	BPF_CORE_READ_INTO(&__name, p, a, b, c, d); \
	bpf_probe_read_kernel_str(dst, sizeof(*(dst)), __name); })
#else
#define HOP(dst, p, a) bpf_core_read(dst, sizeof(*(dst)), &(p)->a)
#define READ1(dst, p, a) HOP(dst, p, a)
#define READ2(dst, p, a, b) ({ \
	typeof((p)->a) __1; \
	long __r = HOP(&__1, p, a); \
	if (!__r) __r = HOP(dst, __1, b); \
	__r; })
#define READ5(dst, p, a, b, c, d, e) ({ \
	typeof((p)->a) __a; typeof((p)->a->b) __b; typeof((p)->a->b->c) __c; typeof((p)->a->b->c->d) __d; \
	long __s = HOP(&__a, p, a); \
	if (!__s) __s = HOP(&__b, __a, b); \
	if (!__s) __s = HOP(&__c, __b, c); \
	if (!__s) __s = HOP(&__d, __c, d); \
	if (!__s) __s = HOP(dst, __d, e); \
	__s; })
#define READ_STR(dst, p, a, b, c, d) ({ \
	typeof((p)->a) __a; typeof((p)->a->b) __b; typeof((p)->a->b->c) __c; typeof((p)->a->b->c->d) __d; \
	long __s = HOP(&__a, p, a); \
	if (!__s) __s = HOP(&__b, __a, b); \
	if (!__s) __s = HOP(&__c, __b, c); \
	if (!__s) __s = HOP(&__d, __c, d); \
	if (!__s) __s = bpf_probe_read_kernel_str(dst, sizeof(*(dst)), __d); \
	__s; })
#endif

#define CURRENT ((struct task_struct *)bpf_get_current_task())

static __always_inline int put(u64 value)
{
	u32 zero = 0;
	u64 *out = bpf_map_lookup_elem(&OUT, &zero);

	if (!out)
		return 1;
	*out = value;
	return 0;
}

SEC("raw_tp") int parent(u64 *ctx)
{
	int tgid;

	if (READ2(&tgid, CURRENT, real_parent, tgid))
		return 1;
	return put(tgid);
}

SEC("raw_tp") int nested(u64 *ctx)
{
	u64 vruntime;

	if (READ1(&vruntime, CURRENT, se.vruntime))
		return 1;
	return put(vruntime);
}

SEC("raw_tp") int element(u64 *ctx)
{
	u8 c;

	if (READ1(&c, CURRENT, comm[3]))
		return 1;
	return put(c);
}

SEC("raw_tp") int inode(u64 *ctx)
{
	u64 ino;

	if (READ5(&ino, CURRENT, mm, exe_file, f_path.dentry, d_inode, i_ino))
		return 1;
	return put(ino);
}

SEC("raw_tp") int two_reads(u64 *ctx)
{
	struct task_struct *task = CURRENT, *parent;
	u64 weight, vruntime;

	if (READ1(&parent, task, real_parent))
		return 1;
	if (READ1(&weight, parent, se.load.weight))
		return 1;
	if (READ1(&vruntime, task, se.vruntime))
		return 1;
	return put(weight ^ vruntime);
}

SEC("raw_tp") int guarded(u64 *ctx)
{
	struct task_struct *task = CURRENT;
	u64 out = ~0ULL;

	if (bpf_core_field_exists(struct task_struct, __state)) {
		u32 state;

		if (READ1(&state, task, __state))
			return 1;
		out = state;
	} else if (bpf_core_field_exists(struct task_struct___old, state)) {
		long state;

		if (READ1(&state, (struct task_struct___old *)task, state))
			return 1;
		out = state;
	}
	return put(out);
}

SEC("raw_tp") int ancestors(u64 *ctx)
{
	struct task_struct *task = CURRENT;
	u64 depth = 0;

	while (depth < 32) {
		int tgid;

		if (READ1(&tgid, task, tgid))
			return 1;
		if (tgid <= 1)
			break;
		if (READ1(&task, task, real_parent))
			return 1;
		depth++;
	}
	return put(depth);
}

SEC("raw_tp") int whole(u64 *ctx)
{
	struct task_struct *task = CURRENT;
	u64 weight;
	u32 inv_weight;

	if (READ1(&weight, task, se.load.weight))
		return 1;
	if (READ1(&inv_weight, task, se.load.inv_weight))
		return 1;
	return put(weight + inv_weight);
}

SEC("raw_tp") int name(u64 *ctx)
{
	u32 zero = 0;
	u8(*name)[64] = bpf_map_lookup_elem(&NAME, &zero);

	if (!name)
		return 1;
	return READ_STR(name, CURRENT, mm, exe_file, f_path.dentry, d_name.name) < 0;
}

SEC("raw_tp") int socket(u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	u16 family, port;
	u32 address;

	if (READ1(&family, sk, __sk_common.skc_family))
		return 1;
	if (family != 2)
		return put(0);
	if (READ1(&port, sk, __sk_common.skc_dport))
		return 1;
	if (READ1(&address, sk, __sk_common.skc_daddr))
		return 1;
	return put((u64)address << 16 | port);
}

char _license[] SEC("license") = "Dual MIT/GPL";
