// Questions about fields, whose answers the loader knows.

ROW(field_exists)
{
	return give(bpf_core_field_exists(struct task_struct, se.load.weight));
}

ROW(field_is_missing)
{
	return give(bpf_core_field_exists(struct task_struct, of_no_kernel));
}

ROW(field_size)
{
	return give(bpf_core_field_size(struct task_struct, comm));
}

ROW(field_offset)
{
	return give(bpf_core_field_offset(struct task_struct, real_parent));
}

// Of what the pointer is declared to point to.
ROW(field_size_of_pointee)
{
	return give(bpf_core_field_size(ARG(0, struct task_struct *)->real_parent->comm));
}

ROW(field_address)
{
	return give((u64)__builtin_preserve_access_index(&ARG(0, struct task_struct *)->se));
}

ROW(container)
{
	return give(ctx[0] - bpf_core_field_offset(struct task_struct, se));
}

static __always_inline int give_state(struct task_struct *task)
{
	if (bpf_core_field_exists(struct task_struct, __state)) {
		u32 state;

		return GIVE(READ1(&state, task, __state), state);
	}
	if (bpf_core_field_exists(struct task_struct___old, state)) {
		long state;

		return GIVE(READ1(&state, (struct task_struct___old *)task, state), state);
	}
	return ABSENT;
}

ROW(field_renamed)
{
	return give_state(ARG(0, struct task_struct *));
}
