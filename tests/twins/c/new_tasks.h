// Programs that nothing but an event runs: a thread that the test starts.

// Whether the task that runs is the one whose address is in MEMORY. Its id would be another one to
// a test in a PID namespace.
static __always_inline bool is_the_test(void)
{
	u32 zero = 0;
	u64 *memory = bpf_map_lookup_elem(&MEMORY, &zero);

	return memory && bpf_get_current_task() == *memory;
}

// TP_PROTO(struct task_struct *task, u64 flags)
#define ROW_OF_NEW_TASK(name) SEC("tp_btf/task_newtask") int name(u64 *ctx)
