// What the programs read of the kernel.

// include/uapi/linux/resource.h: the same on every kernel.
struct rlimit { u64 rlim_cur; u64 rlim_max; };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

// include/linux/list.h, arch/*/include/asm/ptrace.h
struct list_head { struct list_head *next; };
struct pt_regs { u64 di; u64 r10; u64 regs[31]; };

// include/linux/sched.h
struct load_weight { u64 weight; u32 inv_weight; };
struct sched_entity { struct load_weight load; u32 on_rq; };
struct signal_struct { struct rlimit rlim[16]; };
struct futex_sched_data { struct robust_list_head *robust_list; };
struct task_struct {
	int pid;
	int tgid;
	u8 comm[16];
	struct sched_entity se;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct list_head children;
	struct list_head sibling;
	struct mm_struct *mm;
	struct signal_struct *signal;
	struct files_struct *files;
	struct robust_list_head *robust_list;
	struct futex_sched_data futex;
	unsigned sched_reset_on_fork : 1;
	u32 __state;
	u32 of_no_kernel;
};
struct task_struct___old { long state; int tgid; };

// include/linux/mm_types.h, fs.h, path.h, dcache.h, fdtable.h
struct mm_struct { struct file *exe_file; };
struct inode { u64 i_ino; };
struct qstr { const u8 *name; };
struct dentry { struct qstr d_name; struct inode *d_inode; };
struct path { struct dentry *dentry; };
struct file { struct path f_path; void *private_data; };
struct fdtable { struct file **fd; };
struct files_struct { struct fdtable *fdt; };

// include/linux/net.h, include/net/sock.h
struct socket { struct sock *sk; };
struct sock_common { u16 skc_family; u16 skc_dport; u32 skc_daddr; };
struct sock { struct sock_common __sk_common; u8 sk_userlocks : 4; };

// include/linux/bpf_verifier.h
struct bpf_reg_state { struct { int depth : 30; } iter; };

// include/linux/socket.h, dirent.h, include/uapi/linux/futex.h
struct user_msghdr { const u8 *msg_name; u64 msg_controllen; };
struct linux_dirent64 { char d_name[0]; };
struct robust_list { struct robust_list *next; };
struct robust_list_head { struct robust_list list; s64 futex_offset; };

#pragma clang attribute pop
