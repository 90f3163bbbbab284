#include "bpf.h"

struct event {
	u64 at[8];
};

struct ethhdr {
	u8 dest[6];
	u8 source[6];
	u16 proto;
};

struct __sk_buff {
	u32 len;
	u32 rest[18];
	u32 data;
	u32 data_end;
};

int map SEC(".maps");
const volatile u64 configured = 0;

/* By name, with a hop. */
SEC("kprobe/do_exit")
int by_name(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task(), *parent;
	u32 tgid;

	if (bpf_probe_read_kernel(&parent, sizeof(parent), &task->real_parent))
		return 0;
	if (bpf_probe_read_kernel(&tgid, sizeof(tgid), &parent->tgid))
		return 0;
	out = tgid;
	return 0;
}

/* Map values, ring buffers and the stack are the program's own. */
SEC("tp_btf/sched_switch")
int own_memory(u64 *ctx)
{
	struct task_struct *task = (void *)ctx[1];
	struct event on_stack = {};
	struct event *event;
	u32 key = 0;
	u64 *value = bpf_map_lookup_elem(&map, &key);

	if (value)
		value[5] = task->pid;
	event = bpf_ringbuf_reserve(&map, sizeof(*event), 0);
	if (!event)
		return 0;
	if (!bpf_probe_read_kernel(&on_stack, sizeof(on_stack), task))
		event->at[3] = on_stack.at[1];
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Packets have fixed layouts. */
SEC("tc")
int packet(struct __sk_buff *skb)
{
	u8 *data = (u8 *)(u64)skb->data, *end = (u8 *)(u64)skb->data_end;
	struct ethhdr *eth = (void *)data;

	if (data + 34 > end)
		return 0;
	out = eth->proto + data[23];
	return 0;
}

/* And so have those in kernel memory, behind pointers to bytes. */
SEC("fentry/ip_rcv")
int packet_in_kernel_memory(u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];
	u32 saddr;
	u16 proto;

	if (bpf_probe_read_kernel(&saddr, sizeof(saddr), skb->head + skb->network_header + 12))
		return 0;
	if (bpf_probe_read_kernel(&proto, sizeof(proto), skb->data + 12))
		return 0;
	out = saddr + proto;
	return 0;
}

/* Registers of a system call have the layout of user-space API. */
SEC("kprobe/__x64_sys_execve")
int registers(struct pt_regs *ctx)
{
	struct pt_regs *regs = (void *)ctx->di;
	u64 argv, first;

	if (bpf_probe_read_kernel(&argv, sizeof(argv), &regs->si))
		return 0;
	if (bpf_probe_read_user(&first, sizeof(first), (u64 *)argv + 1))
		return 0;
	out = first;
	return 0;
}

/* So have they where the loader chooses the function: its name here is no function's. */
SEC("kprobe/sendto")
int registers_of_any(struct pt_regs *ctx)
{
	struct pt_regs *regs = (void *)ctx->di;
	u64 buffer;

	if (bpf_probe_read_kernel(&buffer, sizeof(buffer), &regs->si))
		return 0;
	out = buffer;
	return 0;
}

SEC("kprobe")
int registers_of_any_wrapper(struct pt_regs *ctx)
{
	struct pt_regs *regs = (void *)ctx->di;
	u64 buffer;

	if (bpf_probe_read_kernel(&buffer, sizeof(buffer), &regs->dx))
		return 0;
	out = buffer;
	return 0;
}

/* The loader puts in what it found in the kernel's BTF. */
SEC("kprobe/do_nanosleep")
int by_loader(struct pt_regs *ctx)
{
	u64 task = bpf_get_current_task();
	u32 pid;

	if (bpf_probe_read_kernel(&pid, sizeof(pid), (void *)(task + configured)))
		return 0;
	out = pid;
	return 0;
}
