// ebpf/src/main.rs in C, to compare the number of instructions.
#include "events.bpf.h"

#define PATH_LEN 256

// Registers of both processors, as C has them where one object is for both.
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs { u64 di; u64 r10; };
struct pt_regs___arm64 { u64 regs[31]; u64 orig_x0; };
struct trace_event_raw_sys_enter { s64 id; u64 args[6]; };
#pragma clang attribute pop

struct execution {
	u32 form;
	u32 pid;
	READING(u32) len;
	u8 bytes[PATH_LEN];
};

enum form { TRACEPOINT, RAW_TRACEPOINT, KPROBE, FENTRY, TP_BTF };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} ONLY SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, s64);
} EXECVE SEC(".maps");

static __always_inline bool is_execve(s64 id)
{
	u32 zero = 0;
	s64 *execve = bpf_map_lookup_elem(&EXECVE, &zero);

	return execve && *execve == id;
}

#define IS_X86_64(regs) \
	(bpf_core_field_exists((regs)->di) && bpf_core_field_exists((regs)->r10))
#define ARM64(regs) ((struct pt_regs___arm64 *)(regs))

// Arguments of a function and of a system call, by a helper and by a load.
static __always_inline long first_of_function(u64 *dst, struct pt_regs *regs)
{
	if (IS_X86_64(regs))
		return READ1(dst, regs, di);
	if (bpf_core_field_exists(ARM64(regs)->orig_x0) && bpf_core_field_exists(ARM64(regs)->regs[0]))
		return READ1(dst, ARM64(regs), regs[0]);
	return -95;
}

static __always_inline long first_of_syscall(u64 *dst, struct pt_regs *regs)
{
	if (IS_X86_64(regs))
		return READ1(dst, regs, di);
	if (bpf_core_field_exists(ARM64(regs)->orig_x0))
		return READ1(dst, ARM64(regs), orig_x0);
	return -95;
}

static __always_inline long loaded_first_of_syscall(u64 *dst, struct pt_regs *regs)
{
	if (IS_X86_64(regs))
		*dst = regs->di;
	else if (bpf_core_field_exists(ARM64(regs)->orig_x0))
		*dst = ARM64(regs)->orig_x0;
	else
		return -95;
	return 0;
}

// `error`: why there is no `path`.
static __always_inline int executes(enum form form, u64 path, long error)
{
	u32 zero = 0, pid = bpf_get_current_pid_tgid() >> 32;
	u32 *only = bpf_map_lookup_elem(&ONLY, &zero);
	struct execution *event;
	long written;

	if (only && *only && *only != pid)
		return 0;
	event = reserve(sizeof(*event));
	if (!event)
		return 0;
	event->form = form;
	event->pid = pid;
	written = error ?: bpf_probe_read_user_str(event->bytes, PATH_LEN, (void *)path);
	if (written < 0) {
		event->len.outcome = -written;
	} else {
		event->len.outcome = 0;
		event->len.value = written ? written - 1 : 0;
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp/raw_syscalls/sys_enter") int tracepoint(void *ctx)
{
	struct trace_event_raw_sys_enter *enter = ctx;
	u64 path;
	s64 id;

	if (!READ1(&id, enter, id) && !is_execve(id))
		return 0;
	long error = READ1(&path, enter, args[0]);
	return executes(TRACEPOINT, path, error);
}

SEC("raw_tp/sys_enter") int raw_tracepoint(u64 *ctx)
{
	u64 path;

	if (!is_execve(ctx[1]))
		return 0;
	long error = first_of_syscall(&path, (void *)ctx[0]);
	return executes(RAW_TRACEPOINT, path, error);
}

SEC("kprobe/__x64_sys_execve") int kprobe(void *ctx)
{
	u64 regs, path;
	long error = first_of_function(&regs, ctx);

	error = error ?: first_of_syscall(&path, (void *)regs);
	return executes(KPROBE, path, error);
}

SEC("fentry/__x64_sys_execve") int fentry(u64 *ctx)
{
	struct pt_regs *regs = (void *)ctx[0];
	u64 path;

	if (!regs)
		return 0;
	long error = loaded_first_of_syscall(&path, regs);
	return executes(FENTRY, path, error);
}

SEC("tp_btf/sys_enter") int tp_btf(u64 *ctx)
{
	struct pt_regs *regs;
	u64 path;

	if (!is_execve(ctx[1]))
		return 0;
	regs = (void *)ctx[0];
	if (!regs)
		return 0;
	long error = loaded_first_of_syscall(&path, regs);
	return executes(TP_BTF, path, error);
}
