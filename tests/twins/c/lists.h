// list_for_each_entry of the kernel, with a bound.

ROW(children)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	struct list_head *head = __builtin_preserve_access_index(&task->children), *node;
	long error = READ1(&node, head, next);
	int sum = 0;

	for (int i = 0; i < 32; i++) {
		int pid;

		if (error)
			return -error;
		if (node == head)
			return give(sum);
		task = (void *)node - bpf_core_field_offset(struct task_struct, sibling);
		error = READ1(&pid, task, pid);
		if (error)
			return -error;
		sum += pid;
		error = READ1(&node, node, next);
	}
	return 7;
}
