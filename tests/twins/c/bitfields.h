// BPF_CORE_READ_BITFIELD_PROBED, which does not say whether the read failed: without -DINTO, the
// same with a check.
#ifdef INTO
#define READ_BITS(dst, s, field) ({ *(dst) = BPF_CORE_READ_BITFIELD_PROBED(s, field); 0L; })
#else
#define READ_BITS(dst, s, field) ({ \
	u64 __word = 0; \
	long __r = __CORE_BITFIELD_PROBE_READ(&__word, s, field); \
	__word <<= __CORE_RELO(s, field, LSHIFT_U64); \
	if (__CORE_RELO(s, field, SIGNED)) \
		*(dst) = (s64)__word >> __CORE_RELO(s, field, RSHIFT_U64); \
	else \
		*(dst) = __word >> __CORE_RELO(s, field, RSHIFT_U64); \
	__r; })
#endif

ROW(bits_unsigned)
{
	u32 bit;

	return GIVE(READ_BITS(&bit, ARG(0, struct task_struct *), sched_reset_on_fork), bit);
}

ROW(bits_bool)
{
	bool bit;

	return GIVE(READ_BITS(&bit, ARG(0, struct task_struct *), sched_reset_on_fork), bit);
}

ROW(bits_several)
{
	u8 bits;

	return GIVE(READ_BITS(&bits, ARG(0, struct sock *), sk_userlocks), bits);
}

ROW(bits_signed)
{
	struct bpf_reg_state *reg = ARG(0, struct bpf_reg_state *);
	int depth;

	if (!bpf_core_field_exists(reg->iter.depth))
		return ABSENT;
	return GIVE(READ_BITS(&depth, reg, iter.depth), depth);
}

ROW(integer_of_another_size)
{
	u32 on_rq;

	return GIVE(READ_BITS(&on_rq, ARG(0, struct task_struct *), se.on_rq), on_rq);
}
