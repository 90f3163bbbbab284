// The C half of `../ebpf/src/libbpf_alone.rs`.
#include "bpf.h"

#include "row.h"
#include "new_tasks.h"

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct task_struct___wide {
	unsigned long long tgid;
} __attribute__((preserve_access_index));

struct task_struct___wide_2 {
	unsigned long tgid;
} __attribute__((preserve_access_index));

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

// kernel/bpf/helpers.c
extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

// `bpf_core_cast`, which is not in libbpf 1.1. A load that faults is a zero: without -DINTO, it is read again.
#define CAST(pointer, type) \
	((type *)bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(type)))

// For the others to look at.
ROW(current_task)
{
	return give(bpf_get_current_task());
}

ROW(cast)
{
	struct task_struct *task = CAST(ARG(0, void *), struct task_struct);
	int tgid = task->tgid;
	long error = 0;

#ifndef INTO
	if (!tgid)
		error = READ1(&tgid, task, tgid);
#endif
	return GIVE(error, tgid);
}

// The first hop is a load, the second one the helper's.
ROW(cast_far)
{
	struct task_struct *task = CAST(ARG(0, void *), struct task_struct);
	int tgid;

	return GIVE(READ1(&tgid, task->real_parent, tgid), tgid);
}

// Nothing is read behind the first hop.
ROW(cast_address)
{
	struct task_struct *task = CAST(ARG(0, void *), struct task_struct);
	struct task_struct *parent = task->real_parent;
	long error = 0;

#ifndef INTO
	if (!parent)
		error = READ1(&parent, task, real_parent);
#endif
	return GIVE(error, (u64)&parent->tgid);
}

ROW(type_matches)
{
	return give(bpf_core_type_matches(struct task_struct));
}

ROW(type_differs)
{
	// The names of integers count. A `u64` of Rust is either of the two.
	return give(bpf_core_type_matches(struct task_struct___wide) ||
		    bpf_core_type_matches(struct task_struct___wide_2));
}

// The verifier lets nothing into it but what it trusts.
ROW_OF_NEW_TASK(kfunc)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	long error;
	int tgid;

	if (!is_the_test())
		return 0;
	if (!task)
		return ABSENT;
	task = bpf_task_acquire(task);
	if (!task)
		return ABSENT;
	error = READ1(&tgid, task, tgid);
	bpf_task_release(task);
	return GIVE(error, tgid);
}

char _license[] SEC("license") = "Dual MIT/GPL";
