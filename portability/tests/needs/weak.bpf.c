/* A function of the kernel that the object does without. Its prototype is another one than the kernel's. */
#define SEC(name) __attribute__((section(name), used))

struct task_struct {
  long state;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid, int more) SEC(".ksyms") __attribute__((weak));

SEC("tp_btf/sched_switch") int program(unsigned long long *ctx) {
  if (bpf_task_from_pid)
    return bpf_task_from_pid(1, 2) != 0;
  return ((struct task_struct *)ctx[1])->state;
}

char LICENSE[] SEC("license") = "GPL";
