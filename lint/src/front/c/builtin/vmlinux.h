/* Stands in where no kernel's types can be had: the names that nearly every program uses, with
 * the fields that most of them read. Nothing is where the kernel has it. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __s8 s8;
typedef __u8 u8;
typedef __s16 s16;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u16 __le16;
typedef __u32 __le32;
typedef __u64 __le64;
typedef __u16 __sum16;
typedef __u32 __wsum;
typedef unsigned long size_t;
typedef long ssize_t;
typedef int pid_t;
typedef _Bool bool;
enum { false = 0, true = 1 };

enum bpf_map_type {
	BPF_MAP_TYPE_UNSPEC,
	BPF_MAP_TYPE_HASH,
	BPF_MAP_TYPE_ARRAY,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_HASH,
	BPF_MAP_TYPE_PERCPU_ARRAY,
	BPF_MAP_TYPE_STACK_TRACE,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY, BPF_NOEXIST, BPF_EXIST };
enum { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT };
enum { IPPROTO_TCP = 6, IPPROTO_UDP = 17 };
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };
enum iter_type { ITER_UBUF, ITER_IOVEC, ITER_BVEC, ITER_KVEC, ITER_XARRAY, ITER_DISCARD };

/* Of arm64, whose `struct pt_regs` begins so. */
struct user_pt_regs { __u64 regs[31], sp, pc, pstate; };
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip;
	unsigned long cs, flags, sp, ss;
};

typedef struct { int counter; } atomic_t;
typedef struct { __u32 val; } kuid_t;
typedef struct { __u32 val; } kgid_t;
typedef unsigned int dev_t;
typedef long long loff_t;
typedef unsigned short umode_t;
typedef unsigned int fmode_t;

struct ns_common { unsigned int inum; };
struct pid_namespace { struct ns_common ns; unsigned int level; };
struct mnt_namespace { struct ns_common ns; };
struct net { struct ns_common ns; };
struct upid { int nr; struct pid_namespace *ns; };
struct pid { unsigned int level; struct upid numbers[1]; };
struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
};
struct cred { kuid_t uid, euid, suid, fsuid; kgid_t gid, egid, sgid, fsgid; };

struct qstr { __u32 hash, len; const unsigned char *name; };
struct super_block { dev_t s_dev; unsigned long s_magic; };
struct inode {
	umode_t i_mode;
	kuid_t i_uid;
	unsigned long i_ino;
	loff_t i_size;
	struct super_block *i_sb;
};
struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};
struct vfsmount { struct dentry *mnt_root; struct super_block *mnt_sb; int mnt_flags; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	fmode_t f_mode;
	loff_t f_pos;
	void *private_data;
};
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };

struct mm_struct {
	unsigned long start_code, end_code, start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};
struct sched_entity { __u64 sum_exec_runtime, vruntime; };
struct signal_struct { int nr_threads; };
struct task_struct {
	unsigned int __state;
	unsigned int flags;
	int prio;
	struct sched_entity se;
	struct mm_struct *mm;
	int exit_state, exit_code;
	unsigned int in_execve : 1;
	unsigned int in_iowait : 1;
	pid_t pid, tgid;
	struct task_struct *real_parent, *parent, *group_leader;
	struct pid *thread_pid;
	__u64 start_time, start_boottime;
	const struct cred *real_cred, *cred;
	char comm[16];
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	kuid_t loginuid;
};
struct linux_binprm { struct file *file; const char *filename; int argc, envc; };

struct in_addr { __be32 s_addr; };
struct in6_addr { union { __u8 u6_addr8[16]; __be32 u6_addr32[4]; } in6_u; };
struct sockaddr { unsigned short sa_family; char sa_data[14]; };
struct sockaddr_in { unsigned short sin_family; __be16 sin_port; struct in_addr sin_addr; };
struct iovec { void *iov_base; unsigned long iov_len; };
struct ethhdr { unsigned char h_dest[6], h_source[6]; __be16 h_proto; };
struct iphdr {
	__u8 ihl : 4, version : 4;
	__u8 tos;
	__be16 tot_len, id, frag_off;
	__u8 ttl, protocol;
	__sum16 check;
	__be32 saddr, daddr;
};
struct tcphdr { __be16 source, dest; __be32 seq, ack_seq; };
struct possible_net_t { struct net *net; };
struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_reuse : 4, skc_reuseport : 1, skc_ipv6only : 1;
	struct possible_net_t skc_net;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
	int sk_err;
	__u32 sk_mark;
	__u8 sk_userlocks : 4;
};
struct inet_sock { struct sock sk; __be32 inet_saddr; __be16 inet_sport; };
struct socket { short type; struct file *file; struct sock *sk; };
struct net_device { char name[16]; int ifindex; unsigned int mtu; };
struct sk_buff {
	struct sock *sk;
	struct net_device *dev;
	unsigned int len, data_len;
	__u16 transport_header, network_header, mac_header;
	__be16 protocol;
	unsigned char *head, *data;
};
struct page { unsigned long flags; };
struct request { unsigned int cmd_flags; unsigned int __data_len; __u64 __sector; };
struct iov_iter { __u8 iter_type; unsigned long count; };

struct trace_entry { unsigned short type; unsigned char flags, preempt_count; int pid; };
struct trace_event_raw_sys_enter { struct trace_entry ent; long id; unsigned long args[6]; };
struct trace_event_raw_sys_exit { struct trace_entry ent; long id, ret; };
struct syscall_trace_enter { struct trace_entry ent; int nr; unsigned long args[]; };
struct syscall_trace_exit { struct trace_entry ent; int nr; long ret; };
struct trace_event_raw_sched_wakeup_template {
	struct trace_entry ent;
	char comm[16];
	pid_t pid;
	int prio, target_cpu;
};
struct trace_event_raw_sched_switch {
	struct trace_entry ent;
	char prev_comm[16];
	pid_t prev_pid;
	int prev_prio;
	long prev_state;
	char next_comm[16];
	pid_t next_pid;
	int next_prio;
};
struct trace_event_raw_sched_process_exec {
	struct trace_entry ent;
	__u32 __data_loc_filename;
	pid_t pid, old_pid;
};
struct trace_event_raw_inet_sock_set_state {
	struct trace_entry ent;
	const void *skaddr;
	int oldstate, newstate;
	__u16 sport, dport, family;
};
struct bpf_dynptr { __u64 __opaque[2]; };
struct bpf_raw_tracepoint_args { __u64 args[0]; };
struct xdp_md { __u32 data, data_end, data_meta, ingress_ifindex; };
struct __sk_buff { __u32 len, pkt_type, mark, data, data_end; };
struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; __u64 seq_num; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };
struct bpf_map { unsigned int key_size, value_size, max_entries, id; };
struct bpf_iter__bpf_map_elem { struct bpf_iter_meta *meta; struct bpf_map *map; void *key, *value; };
struct bpf_iter__sockmap { struct bpf_iter_meta *meta; struct bpf_map *map; void *key; struct sock *sk; };

#pragma clang attribute pop
#endif
