// bpf_core_enum_value and bpf_core_enum_value_exists. None of the values is the kernel's.

enum pid_type { PIDTYPE_TGID = 77, PIDTYPE_OF_NO_KERNEL = 78 };
enum perf_event_state { PERF_EVENT_STATE_ERROR = -77 };
enum perf_callchain_context { PERF_CONTEXT_USER = 0x100000077ULL };

ROW(enum_value)
{
	return give((u32)bpf_core_enum_value(enum pid_type, PIDTYPE_TGID));
}

ROW(enum_value_signed)
{
	return give((int)bpf_core_enum_value(enum perf_event_state, PERF_EVENT_STATE_ERROR));
}

ROW(enum_value_64)
{
	return give(bpf_core_enum_value(enum perf_callchain_context, PERF_CONTEXT_USER));
}

ROW(enum_value_optional)
{
	if (!bpf_core_enum_value_exists(enum pid_type, PIDTYPE_OF_NO_KERNEL))
		return ABSENT;
	return give((u32)bpf_core_enum_value(enum pid_type, PIDTYPE_OF_NO_KERNEL));
}

ROW(enumerator_exists)
{
	return give(bpf_core_enum_value_exists(enum pid_type, PIDTYPE_TGID));
}

ROW(enumerator_is_missing)
{
	return give(bpf_core_enum_value_exists(enum pid_type, PIDTYPE_OF_NO_KERNEL));
}
