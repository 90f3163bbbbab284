/* The helpers whose results or arguments a reader has to know. The others follow, without arguments. */
struct task_struct;
struct cgroup;
struct file;
struct socket;
struct pt_regs;
struct bpf_sock;
struct bpf_tcp_sock;
struct tcp_sock;
struct tcp6_sock;
struct udp6_sock;
struct unix_sock;
struct tcp_request_sock;
struct tcp_timewait_sock;
struct mptcp_sock;

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, unsigned long long flags);
long bpf_map_delete_elem(void *map, const void *key);
long bpf_map_push_elem(void *map, const void *value, unsigned long long flags);
long bpf_probe_read(void *dst, unsigned int size, const void *src);
long bpf_probe_read_str(void *dst, unsigned int size, const void *src);
long bpf_probe_read_user(void *dst, unsigned int size, const void *src);
long bpf_probe_read_user_str(void *dst, unsigned int size, const void *src);
long bpf_probe_read_kernel(void *dst, unsigned int size, const void *src);
long bpf_probe_read_kernel_str(void *dst, unsigned int size, const void *src);
unsigned long long bpf_ktime_get_ns(void);
unsigned long long bpf_ktime_get_boot_ns(void);
long bpf_trace_printk(const char *format, ...);
unsigned int bpf_get_prandom_u32(void);
unsigned int bpf_get_smp_processor_id(void);
unsigned long long bpf_get_current_pid_tgid(void);
unsigned long long bpf_get_current_uid_gid(void);
unsigned long long bpf_get_current_cgroup_id(void);
long bpf_get_current_comm(void *buf, unsigned int size);
unsigned long long bpf_get_current_task(void);
struct task_struct *bpf_get_current_task_btf(void);
long bpf_perf_event_output(void *ctx, void *map, unsigned long long flags, void *data,
			   unsigned long long size);
long bpf_get_stackid(void *ctx, void *map, unsigned long long flags);
long bpf_get_stack(void *ctx, void *buf, unsigned int size, unsigned long long flags);
long bpf_ringbuf_output(void *ringbuf, void *data, unsigned long long size,
			unsigned long long flags);
void *bpf_ringbuf_reserve(void *ringbuf, unsigned long long size, unsigned long long flags);
void bpf_ringbuf_submit(void *data, unsigned long long flags);
void bpf_ringbuf_discard(void *data, unsigned long long flags);
long bpf_skb_load_bytes(const void *skb, unsigned int offset, void *to, unsigned int len);
unsigned long long bpf_get_func_ip(void *ctx);
long bpf_d_path(void *path, char *buf, unsigned int size);
long bpf_loop(unsigned int count, void *function, void *ctx, unsigned long long flags);
long bpf_send_signal(unsigned int signal);
void *bpf_map_lookup_percpu_elem(void *map, const void *key, unsigned int cpu);
void *bpf_get_local_storage(void *map, unsigned long long flags);
void *bpf_sk_storage_get(void *map, void *sk, void *value, unsigned long long flags);
void *bpf_task_storage_get(void *map, struct task_struct *task, void *value, unsigned long long flags);
void *bpf_inode_storage_get(void *map, void *inode, void *value, unsigned long long flags);
void *bpf_cgrp_storage_get(void *map, struct cgroup *cgroup, void *value, unsigned long long flags);
void *bpf_per_cpu_ptr(const void *percpu, unsigned int cpu);
void *bpf_this_cpu_ptr(const void *percpu);
void *bpf_dynptr_data(const void *ptr, unsigned int offset, unsigned int len);
void *bpf_kptr_xchg(void *dst, void *ptr);
struct bpf_sock *bpf_sk_fullsock(struct bpf_sock *sk);
struct bpf_sock *bpf_get_listener_sock(struct bpf_sock *sk);
struct bpf_sock *bpf_sk_lookup_tcp(void *ctx, void *tuple, unsigned int size, unsigned long long netns,
				   unsigned long long flags);
struct bpf_sock *bpf_sk_lookup_udp(void *ctx, void *tuple, unsigned int size, unsigned long long netns,
				   unsigned long long flags);
struct bpf_sock *bpf_skc_lookup_tcp(void *ctx, void *tuple, unsigned int size, unsigned long long netns,
				    unsigned long long flags);
struct bpf_tcp_sock *bpf_tcp_sock(struct bpf_sock *sk);
struct tcp_sock *bpf_skc_to_tcp_sock(void *sk);
struct tcp6_sock *bpf_skc_to_tcp6_sock(void *sk);
struct udp6_sock *bpf_skc_to_udp6_sock(void *sk);
struct unix_sock *bpf_skc_to_unix_sock(void *sk);
struct tcp_request_sock *bpf_skc_to_tcp_request_sock(void *sk);
struct tcp_timewait_sock *bpf_skc_to_tcp_timewait_sock(void *sk);
struct mptcp_sock *bpf_skc_to_mptcp_sock(void *sk);
struct socket *bpf_sock_from_file(struct file *file);
struct pt_regs *bpf_task_pt_regs(struct task_struct *task);
