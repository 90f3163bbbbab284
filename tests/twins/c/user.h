// BPF_CORE_READ_USER, _INTO and _STR_INTO.

ROW(user_field)
{
	u64 len;

	return GIVE(USER_READ1(&len, ARG(0, struct user_msghdr *), msg_controllen), len);
}

ROW(user_into)
{
	u64 len;

	return GIVE(USER_READ1(&len, ARG(0, struct user_msghdr *), msg_controllen), len);
}

ROW(user_far)
{
	struct robust_list *last;

	return GIVE(USER_READ3(&last, ARG(0, struct robust_list_head *), list.next, next, next), (u64)last);
}

ROW(user_text)
{
	u8 *buf = text();

	if (!buf)
		return ABSENT;
	return give_text(bpf_core_read_user_str(buf, TEXT_SIZE, &ARG(0, struct linux_dirent64 *)->d_name));
}

ROW(user_text_far)
{
	u8 *buf = text();
	const u8 *start;
	long error;

	if (!buf)
		return ABSENT;
	error = USER_READ1(&start, ARG(0, struct user_msghdr *), msg_name);
	if (error)
		return -error;
	return give_text(bpf_probe_read_user_str(buf, TEXT_SIZE, start));
}

// Linux 7.3 moved the pointer.
ROW(kernel_to_user)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	struct robust_list_head *head;
	s64 offset;
	long error;

	if (bpf_core_field_exists(task->robust_list))
		error = READ1(&head, task, robust_list);
	else if (bpf_core_field_exists(task->futex.robust_list))
		error = READ1(&head, task, futex.robust_list);
	else
		return ABSENT;
	if (!error)
		error = USER_READ1(&offset, head, futex_offset);
	return GIVE(error, offset);
}
