// Two declarations of one type of the kernel.

ROW(flavour)
{
	int tgid;

	return GIVE(READ1(&tgid, ARG(0, struct task_struct___old *), tgid), tgid);
}

ROW(recast)
{
	struct task_struct *task = ARG(0, struct task_struct *);
	int tgid;

	return GIVE(READ1(&tgid, (struct task_struct___old *)task, tgid), tgid);
}

ROW(flavour_guarded)
{
	return give_state(ARG(0, struct task_struct *));
}
