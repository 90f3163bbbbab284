// PT_REGS_PARMn_CORE and PT_REGS_PARMn_CORE_SYSCALL, which take one architecture or the other when
// they are compiled.

ROW(register_parm)
{
	struct pt_regs *regs = ARG(0, struct pt_regs *);
	u64 value;

	if (bpf_core_field_exists(regs->di))
		return GIVE(READ1(&value, regs, di), value);
	if (bpf_core_field_exists(regs->regs))
		return GIVE(READ1(&value, regs, regs[0]), value);
	return 95;
}

ROW(register_of_syscall)
{
	struct pt_regs *regs = ARG(0, struct pt_regs *);
	u64 value;

	if (bpf_core_field_exists(regs->r10))
		return GIVE(READ1(&value, regs, r10), value);
	if (bpf_core_field_exists(regs->regs))
		return GIVE(READ1(&value, regs, regs[3]), value);
	return 95;
}
