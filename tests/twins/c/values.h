// Values of several bytes that are passed on. In Rust they are those of functions; here a struct is filled where it is.

// As large as the place for a text.
struct event {
	int tgid;
	int parent;
	u8 comm[16];
	u8 of_parent[16];
	struct rlimit limit;
	u32 end[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} EVENTS SEC(".maps");

// Into the ring buffer.
static __always_inline u64 sent(struct event *event)
{
	return bpf_ringbuf_output(&EVENTS, event, sizeof(*event), 0);
}

// Into a map, where a test reads it.
static __always_inline u64 put(struct event *event)
{
	struct event *to = (void *)text();

	if (!to)
		return 1;
	*to = *event;
	return 0;
}

static __always_inline long read_by_match(struct event *event, struct task_struct *task)
{
	struct task_struct *parent;
	long error = READ1(&parent, task, real_parent);
	int tgid;

	error = error ?: READ1(&tgid, task, tgid);
	if (error)
		return error;
	if (tgid == 0) {
		error = READ1((int *)event->comm, task, tgid);
		return error ?: READ1((int *)event->of_parent, parent, tgid);
	}
	error = READ1(&event->comm, task, comm);
	return error ?: READ1(&event->of_parent, parent, comm);
}

static __always_inline long read_whole(struct event *event, struct task_struct *task)
{
	struct task_struct *parent;
	long error = READ1(&parent, task, real_parent);

	if (!error)
		error = READ1(&event->tgid, task, tgid);
	if (!error)
		error = READ1(&event->parent, parent, tgid);
	if (!error)
		error = READ1(&event->comm, task, comm);
	if (!error)
		error = READ1(&event->of_parent, parent, comm);
	if (!error)
		error = READ2(&event->limit, task, signal, rlim[7]);
	event->end[0] = 7;
	event->end[1] = 9;
	return error;
}

ROW(value_sent)
{
	struct event event = {};

	return GIVE(READ1(&event.comm, ARG(0, struct task_struct *), comm), sent(&event));
}

ROW(value_of_function_sent)
{
	struct event event = {};

	return GIVE(READ1(&event.comm, ARG(0, struct task_struct *), comm), sent(&event));
}

ROW(value_if_there_sent)
{
	struct event event = {};

	if (READ1(&event.comm, ARG(0, struct task_struct *), comm))
		return ABSENT;
	return give(sent(&event));
}

ROW(value_or_default_sent)
{
	struct event event = {};

	if (READ1(&event.comm, ARG(0, struct task_struct *), comm))
		__builtin_memset(event.comm, 0, sizeof(event.comm));
	return give(sent(&event));
}

ROW(struct_sent)
{
	struct event event;

	return GIVE(read_whole(&event, ARG(0, struct task_struct *)), sent(&event));
}

ROW(value_put)
{
	struct event event = {};

	return GIVE(READ1(&event.comm, ARG(0, struct task_struct *), comm), put(&event));
}

ROW(value_or_text_put)
{
	struct event event = {};

	if (READ1(&event.comm, ARG(0, struct task_struct *), comm))
		__builtin_memcpy(event.comm, "not known\0\0\0\0\0\0", sizeof(event.comm));
	return give(put(&event));
}

ROW(values_by_match_put)
{
	struct event event = {};

	return GIVE(read_by_match(&event, ARG(0, struct task_struct *)), put(&event));
}

ROW(current_name_put)
{
	struct event event = {};

	if (bpf_get_current_comm(event.comm, sizeof(event.comm)))
		return ABSENT;
	return give(put(&event));
}

ROW(plain_put)
{
	struct event event = {};

	return GIVE(READ2(&event.limit, ARG(0, struct task_struct *), signal, rlim[7]), put(&event));
}

ROW(struct_put)
{
	struct event event;

	return GIVE(read_whole(&event, ARG(0, struct task_struct *)), put(&event));
}
