/* Stands in for the header of the same name where libbpf is not installed. Registers are named as
 * on x86-64, whose kernel struct nearly every `vmlinux.h` has. */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#define PT_REGS_PARM1(x) (((const struct pt_regs *)(x))->di)
#define PT_REGS_PARM2(x) (((const struct pt_regs *)(x))->si)
#define PT_REGS_PARM3(x) (((const struct pt_regs *)(x))->dx)
#define PT_REGS_PARM4(x) (((const struct pt_regs *)(x))->cx)
#define PT_REGS_PARM5(x) (((const struct pt_regs *)(x))->r8)
#define PT_REGS_PARM6(x) (((const struct pt_regs *)(x))->r9)
#define PT_REGS_RC(x) (((const struct pt_regs *)(x))->ax)
#define PT_REGS_SP(x) (((const struct pt_regs *)(x))->sp)
#define PT_REGS_FP(x) (((const struct pt_regs *)(x))->bp)
#define PT_REGS_IP(x) (((const struct pt_regs *)(x))->ip)
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), di)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), si)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), dx)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), cx)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), r8)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), r9)
#define PT_REGS_RC_CORE(x) BPF_CORE_READ((const struct pt_regs *)(x), ax)
#define PT_REGS_PARM1_SYSCALL(x) PT_REGS_PARM1(x)
#define PT_REGS_PARM2_SYSCALL(x) PT_REGS_PARM2(x)
#define PT_REGS_PARM3_SYSCALL(x) PT_REGS_PARM3(x)
#define PT_REGS_PARM4_SYSCALL(x) (((const struct pt_regs *)(x))->r10)
#define PT_REGS_PARM1_CORE_SYSCALL(x) PT_REGS_PARM1_CORE(x)
#define PT_REGS_PARM2_CORE_SYSCALL(x) PT_REGS_PARM2_CORE(x)
#define PT_REGS_PARM3_CORE_SYSCALL(x) PT_REGS_PARM3_CORE(x)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs *)(x), r10)
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))

#define BPF_PROG(name, args...) \
	name(unsigned long long *ctx); \
	static inline typeof(name(0)) ____##name(unsigned long long *ctx, ##args); \
	typeof(name(0)) name(unsigned long long *ctx) { return 0; } \
	static inline typeof(name(0)) ____##name(unsigned long long *ctx, ##args)
#define BPF_PROG2 BPF_PROG
#define BPF_KPROBE(name, args...) \
	name(struct pt_regs *ctx); \
	static inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args); \
	typeof(name(0)) name(struct pt_regs *ctx) { return 0; } \
	static inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KRETPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_URETPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_KSYSCALL(name, args...) BPF_KPROBE(name, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#endif
