/* A function of the kernel that some kernels lack, and a weak one. */
#define SEC(name) __attribute__((section(name), used))

struct task_struct {
  int pid;
};
extern struct task_struct *bpf_task_acquire(struct task_struct *task) SEC(".ksyms");
extern void bpf_rcu_read_lock(void) SEC(".ksyms") __attribute__((weak));
extern void bpf_task_release(struct task_struct *task) SEC(".ksyms");

SEC("tp_btf/sched_switch") int program(unsigned long long *ctx) {
  if (bpf_rcu_read_lock)
    bpf_rcu_read_lock();
  struct task_struct *task = bpf_task_acquire((void *)ctx[1]);
  if (task)
    bpf_task_release(task);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
