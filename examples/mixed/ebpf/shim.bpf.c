// SPDX-License-Identifier: MIT OR Apache-2.0
// What is still C of this program. It reads the kernel by CO-RE as well, with declarations of its
// own: neither half needs to know those of the other.

typedef unsigned int u32;
typedef unsigned long long u64;

enum { COMM_LEN = 16 };

// include/linux/sched.h
struct task_struct {
	int tgid;
	char comm[COMM_LEN];
	struct task_struct *real_parent;
	u64 start_boottime;
	u64 real_start_time; // What it was called before 5.5.
} __attribute__((preserve_access_index));

#define field_exists(field) __builtin_preserve_field_info(field, 2 /* BPF_FIELD_EXISTS */)
#define read_into(to, from) bpf_probe_read_kernel(to, sizeof(*(to)), from)

// include/uapi/linux/bpf.h
static long (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;

// Each gives 0, or an errno below 0.

long shim_pid(const struct task_struct *task, int *pid)
{
	return read_into(pid, &task->tgid);
}

long shim_comm(const struct task_struct *task, char (*comm)[COMM_LEN])
{
	return read_into(comm, &task->comm);
}

long shim_parent(const struct task_struct *task, int *pid)
{
	struct task_struct *parent;
	long error = read_into(&parent, &task->real_parent);

	return error ? error : read_into(pid, &parent->tgid);
}

long shim_start(const struct task_struct *task, u64 *start)
{
	if (field_exists(task->start_boottime))
		return read_into(start, &task->start_boottime);
	return read_into(start, &task->real_start_time);
}
