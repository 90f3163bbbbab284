/* What an object needs of the kernel: a variable of kallsyms, one of BTF, an option, and a function whose
 * struct is declared and not defined. */
#define SEC(name) __attribute__((section(name), used))

struct task_struct;

extern void bpf_task_release(struct task_struct *task) SEC(".ksyms");
extern const void init_task SEC(".ksyms");
extern const int no_such_variable SEC(".ksyms");
extern _Bool CONFIG_PREEMPT_RT SEC(".kconfig");
extern int CONFIG_HZ SEC(".kconfig");

SEC("tp_btf/sched_switch") int program(unsigned long long *ctx) {
  bpf_task_release((void *)ctx[1]);
  return (long)&init_task + no_such_variable + CONFIG_PREEMPT_RT + CONFIG_HZ == 7;
}

char LICENSE[] SEC("license") = "GPL";
