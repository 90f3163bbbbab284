/* Elements of arrays that have no length. */
#define SEC(name) __attribute__((section(name), used))
#define __core __attribute__((preserve_access_index))

struct upid {
	int nr;
} __core;

struct pid {
	unsigned int level;
	struct upid numbers[];
} __core;

struct pid___alone {
	struct upid numbers[0];
} __core;

static long (*probe_read_kernel)(void *to, unsigned int size, const void *from) = (void *)113;

SEC("kprobe/free_pid")
int refused(unsigned long *ctx)
{
	struct pid *pid = (void *)ctx[14];
	int nr = 0;

	probe_read_kernel(&nr, sizeof(nr), &pid->numbers[0].nr);
	return nr;
}

SEC("kprobe/free_pid")
int taken(unsigned long *ctx)
{
	struct pid___alone *pid = (void *)ctx[14];
	int nr = 0;

	probe_read_kernel(&nr, sizeof(nr), &pid->numbers[0].nr);
	return nr;
}

char LICENSE[] SEC("license") = "GPL";
