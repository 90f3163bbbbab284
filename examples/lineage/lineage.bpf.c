// ebpf/src/main.rs in C, to compare the number of instructions.
#include "events.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct kernfs_node { u64 id; };
struct cgroup { struct kernfs_node *kn; };
struct css_set { struct cgroup *dfl_cgrp; };
struct inode { u64 i_ino; };
struct file { struct inode *f_inode; };
struct mm_struct { struct file *exe_file; };
struct sched_entity { u64 vruntime; };
struct task_struct {
	s32 tgid;
	u8 comm[COMM_LEN];
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct sched_entity se;
	struct mm_struct *mm;
	struct css_set *cgroups;
	u64 start_boottime;
};
struct task_struct___before_5_5 { u64 real_start_time; };
#pragma clang attribute pop

struct process {
	READING(s32) pid;
	READING_OF(u8, COMM_LEN) comm;
};
struct lineage_event {
	struct process process, parent, grandparent;
	READING(u64) vruntime;
	READING(u64) start;
	READING(u64) cgroup;
	READING(u64) exe;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, s32);
} ONLY_CHILDREN_OF SEC(".maps");

static __always_inline bool is_asked_for(struct task_struct *task)
{
	u32 zero = 0;
	s32 *parent = bpf_map_lookup_elem(&ONLY_CHILDREN_OF, &zero), of;

	if (!parent || !*parent)
		return true;
	return READ2(&of, task, real_parent, tgid) || of == *parent;
}

// `error`: why there is no `task`.
static __always_inline void tell(struct process *process, struct task_struct *task, long error)
{
	if (error) {
		__builtin_memset(process, 0, sizeof(*process));
		process->pid.outcome = process->comm.outcome = -error;
		return;
	}
	PUT(&process->pid, READ1, task, tgid);
	PUT(&process->comm, READ2, task, group_leader, comm);
}

static __always_inline long start(u64 *dst, struct task_struct *task)
{
	struct task_struct___before_5_5 *old = (void *)task;

	if (bpf_core_field_exists(task->start_boottime))
		return READ1(dst, task, start_boottime);
	if (bpf_core_field_exists(old->real_start_time))
		return READ1(dst, old, real_start_time);
	return -NOTHING;
}

static __always_inline long exe(u64 *dst, struct task_struct *task)
{
	struct mm_struct *mm;
	long error = READ1(&mm, task, mm);

	if (error)
		return error;
	if (!mm)
		return -NOTHING;
	return READ3(dst, mm, exe_file, f_inode, i_ino);
}

SEC("raw_tp/sched_process_exec") int lineage(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0], *parent, *grandparent = 0;
	struct lineage_event *event;
	long no_parent, no_grandparent;

	if (!is_asked_for(task))
		return 0;
	event = reserve(sizeof(*event));
	if (!event)
		return 0;
	no_parent = READ1(&parent, task, real_parent);
	no_grandparent = no_parent ?: READ1(&grandparent, parent, real_parent);
	tell(&event->process, task, 0);
	tell(&event->parent, parent, no_parent);
	tell(&event->grandparent, grandparent, no_grandparent);
	PUT(&event->vruntime, READ1, task, se.vruntime);
	PUT(&event->start, start, task);
	PUT(&event->cgroup, READ4, task, cgroups, dfl_cgrp, kn, id);
	PUT(&event->exe, exe, task);
	bpf_ringbuf_submit(event, 0);
	return 0;
}
