/* Stands in for the header of the same name where a project brings none: the registers of each
 * architecture, and the macros that make a program of a function. */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include "bpf_helpers.h"

#if defined(__TARGET_ARCH_arm64)
#define bpf_target_arm64
#define corelint_regs struct user_pt_regs
#define corelint_arg1 regs[0]
#define corelint_arg2 regs[1]
#define corelint_arg3 regs[2]
#define corelint_arg4 regs[3]
#define corelint_arg5 regs[4]
#define corelint_arg6 regs[5]
#define corelint_arg7 regs[6]
#define corelint_arg8 regs[7]
#define corelint_ret regs[30]
#define corelint_fp regs[29]
#define corelint_rc regs[0]
#define corelint_sp sp
#define corelint_ip pc
#elif defined(__TARGET_ARCH_riscv)
#define bpf_target_riscv
#define corelint_regs struct user_regs_struct
#define corelint_arg1 a0
#define corelint_arg2 a1
#define corelint_arg3 a2
#define corelint_arg4 a3
#define corelint_arg5 a4
#define corelint_arg6 a5
#define corelint_arg7 a6
#define corelint_arg8 a7
#define corelint_ret ra
#define corelint_fp s0
#define corelint_rc a0
#define corelint_sp sp
#define corelint_ip pc
#elif defined(__TARGET_ARCH_powerpc)
#define bpf_target_powerpc
#define corelint_arg1 gpr[3]
#define corelint_arg2 gpr[4]
#define corelint_arg3 gpr[5]
#define corelint_arg4 gpr[6]
#define corelint_arg5 gpr[7]
#define corelint_arg6 gpr[8]
#define corelint_arg7 gpr[9]
#define corelint_arg8 gpr[10]
#define corelint_ret link
#define corelint_fp gpr[1]
#define corelint_rc gpr[3]
#define corelint_sp gpr[1]
#define corelint_ip nip
#elif defined(__TARGET_ARCH_s390)
#define bpf_target_s390
#define corelint_regs struct user_pt_regs
#define corelint_arg1 gprs[2]
#define corelint_arg2 gprs[3]
#define corelint_arg3 gprs[4]
#define corelint_arg4 gprs[5]
#define corelint_arg5 gprs[6]
#define corelint_arg6 gprs[7]
#define corelint_ret gprs[14]
#define corelint_fp gprs[11]
#define corelint_rc gprs[2]
#define corelint_sp gprs[15]
#define corelint_ip psw.addr
#elif defined(__TARGET_ARCH_loongarch) || defined(__TARGET_ARCH_mips)
#define corelint_arg1 regs[4]
#define corelint_arg2 regs[5]
#define corelint_arg3 regs[6]
#define corelint_arg4 regs[7]
#define corelint_arg5 regs[8]
#define corelint_arg6 regs[9]
#define corelint_arg7 regs[10]
#define corelint_arg8 regs[11]
#define corelint_ret regs[1]
#define corelint_fp regs[22]
#define corelint_rc regs[4]
#define corelint_sp regs[3]
#define corelint_ip csr_era
#elif defined(__TARGET_ARCH_arm)
#define bpf_target_arm
#define corelint_arg1 uregs[0]
#define corelint_arg2 uregs[1]
#define corelint_arg3 uregs[2]
#define corelint_arg4 uregs[3]
#define corelint_arg5 uregs[4]
#define corelint_arg6 uregs[5]
#define corelint_arg7 uregs[6]
#define corelint_ret uregs[14]
#define corelint_fp uregs[11]
#define corelint_rc uregs[0]
#define corelint_sp uregs[13]
#define corelint_ip uregs[12]
#elif defined(__KERNEL__) || defined(__VMLINUX_H__)
#define bpf_target_x86
#define corelint_arg1 di
#define corelint_arg2 si
#define corelint_arg3 dx
#define corelint_arg4 cx
#define corelint_arg5 r8
#define corelint_arg6 r9
#define corelint_sys4 r10
#define corelint_ret sp
#define corelint_fp bp
#define corelint_rc ax
#define corelint_sp sp
#define corelint_ip ip
#else
#define bpf_target_x86
#define corelint_arg1 rdi
#define corelint_arg2 rsi
#define corelint_arg3 rdx
#define corelint_arg4 rcx
#define corelint_arg5 r8
#define corelint_arg6 r9
#define corelint_sys4 r10
#define corelint_ret rsp
#define corelint_fp rbp
#define corelint_rc rax
#define corelint_sp rsp
#define corelint_ip rip
#endif
#define bpf_target_defined
#ifndef corelint_regs
#define corelint_regs struct pt_regs
#endif
#ifndef corelint_sys4
#define corelint_sys4 corelint_arg4
#endif
#ifndef corelint_arg7
#define corelint_arg7 corelint_arg6
#endif
#ifndef corelint_arg8
#define corelint_arg8 corelint_arg7
#endif

struct pt_regs;
struct user_pt_regs;
struct user_regs_struct;
#define __PT_REGS_CAST(x) ((const corelint_regs *)(x))
#define __PT_PARM1_REG corelint_arg1
#define __PT_PARM2_REG corelint_arg2
#define __PT_PARM3_REG corelint_arg3
#define __PT_PARM4_REG corelint_arg4
#define __PT_PARM5_REG corelint_arg5
#define __PT_PARM6_REG corelint_arg6
#define __PT_PARM7_REG corelint_arg7
#define __PT_PARM8_REG corelint_arg8
#define __PT_RET_REG corelint_ret
#define __PT_FP_REG corelint_fp
#define __PT_RC_REG corelint_rc
#define __PT_SP_REG corelint_sp
#define __PT_IP_REG corelint_ip
#define corelint_reg(x, reg) (((const corelint_regs *)(x))->reg)
#define corelint_reg_core(x, reg) BPF_CORE_READ((const corelint_regs *)(x), reg)
#define PT_REGS_PARM1(x) corelint_reg(x, corelint_arg1)
#define PT_REGS_PARM1_CORE(x) corelint_reg_core(x, corelint_arg1)
#define PT_REGS_PARM2(x) corelint_reg(x, corelint_arg2)
#define PT_REGS_PARM2_CORE(x) corelint_reg_core(x, corelint_arg2)
#define PT_REGS_PARM3(x) corelint_reg(x, corelint_arg3)
#define PT_REGS_PARM3_CORE(x) corelint_reg_core(x, corelint_arg3)
#define PT_REGS_PARM4(x) corelint_reg(x, corelint_arg4)
#define PT_REGS_PARM4_CORE(x) corelint_reg_core(x, corelint_arg4)
#define PT_REGS_PARM5(x) corelint_reg(x, corelint_arg5)
#define PT_REGS_PARM5_CORE(x) corelint_reg_core(x, corelint_arg5)
#define PT_REGS_PARM6(x) corelint_reg(x, corelint_arg6)
#define PT_REGS_PARM6_CORE(x) corelint_reg_core(x, corelint_arg6)
#define PT_REGS_PARM7(x) corelint_reg(x, corelint_arg7)
#define PT_REGS_PARM7_CORE(x) corelint_reg_core(x, corelint_arg7)
#define PT_REGS_PARM8(x) corelint_reg(x, corelint_arg8)
#define PT_REGS_PARM8_CORE(x) corelint_reg_core(x, corelint_arg8)
#define PT_REGS_RET(x) corelint_reg(x, corelint_ret)
#define PT_REGS_RET_CORE(x) corelint_reg_core(x, corelint_ret)
#define PT_REGS_FP(x) corelint_reg(x, corelint_fp)
#define PT_REGS_FP_CORE(x) corelint_reg_core(x, corelint_fp)
#define PT_REGS_RC(x) corelint_reg(x, corelint_rc)
#define PT_REGS_RC_CORE(x) corelint_reg_core(x, corelint_rc)
#define PT_REGS_SP(x) corelint_reg(x, corelint_sp)
#define PT_REGS_SP_CORE(x) corelint_reg_core(x, corelint_sp)
#define PT_REGS_IP(x) corelint_reg(x, corelint_ip)
#define PT_REGS_IP_CORE(x) corelint_reg_core(x, corelint_ip)
#define PT_REGS_PARM1_SYSCALL(x) corelint_reg(x, corelint_arg1)
#define PT_REGS_PARM1_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg1)
#define PT_REGS_PARM2_SYSCALL(x) corelint_reg(x, corelint_arg2)
#define PT_REGS_PARM2_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg2)
#define PT_REGS_PARM3_SYSCALL(x) corelint_reg(x, corelint_arg3)
#define PT_REGS_PARM3_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg3)
#define PT_REGS_PARM4_SYSCALL(x) corelint_reg(x, corelint_sys4)
#define PT_REGS_PARM4_CORE_SYSCALL(x) corelint_reg_core(x, corelint_sys4)
#define PT_REGS_PARM5_SYSCALL(x) corelint_reg(x, corelint_arg5)
#define PT_REGS_PARM5_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg5)
#define PT_REGS_PARM6_SYSCALL(x) corelint_reg(x, corelint_arg6)
#define PT_REGS_PARM6_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg6)
#define PT_REGS_PARM7_SYSCALL(x) corelint_reg(x, corelint_arg7)
#define PT_REGS_PARM7_CORE_SYSCALL(x) corelint_reg_core(x, corelint_arg7)
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#define BPF_KPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP

#define BPF_PROG(name, args...) \
	name(unsigned long long *ctx); \
	static inline typeof(name(0)) ____##name(unsigned long long *ctx, ##args); \
	typeof(name(0)) name(unsigned long long *ctx) { __builtin_unreachable(); } \
	static inline typeof(name(0)) ____##name(unsigned long long *ctx, ##args)
#define BPF_PROG2(name, args...) BPF_PROG(name, ##args)
#define BPF_KPROBE(name, args...) \
	name(struct pt_regs *ctx); \
	static inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args); \
	typeof(name(0)) name(struct pt_regs *ctx) { __builtin_unreachable(); } \
	static inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KRETPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_URETPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_KSYSCALL(name, args...) BPF_KPROBE(name, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#endif
