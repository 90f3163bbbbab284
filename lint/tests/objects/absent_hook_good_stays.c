#include "bpf.h"

/* Hooks of every kernel. */
SEC("tp_btf/sched_process_exit")
int typed(void *ctx)
{
	return 0;
}

SEC("tp/syscalls/sys_enter_openat")
int record(void *ctx)
{
	return 0;
}

SEC("kprobe/do_exit")
int function(void *ctx)
{
	return 0;
}
