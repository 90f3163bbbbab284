/* Functions of the kernel that are declared otherwise than it has them. */
#define SEC(name) __attribute__((section(name), used))

struct task_struct {
  int pid;
};
/* The kernel defines it, so this is not the same to libbpf. */
struct bpf_cpumask;

extern struct task_struct *bpf_task_acquire___v1(struct task_struct *task) SEC(".ksyms");
extern struct bpf_cpumask *bpf_cpumask_create(void) SEC(".ksyms");

SEC("tp_btf/sched_switch") int program(unsigned long long *ctx) {
  return bpf_task_acquire___v1((void *)ctx[1]) != bpf_cpumask_create();
}

char LICENSE[] SEC("license") = "GPL";
