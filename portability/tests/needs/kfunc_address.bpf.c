/* Programs that ask whether the kernel has a function, as `bpf_ksym_exists` does. */
#define SEC(name) __attribute__((section(name), used))

extern void schedule(void) __attribute__((section(".ksyms"), weak));
extern void in_no_kernel(void) __attribute__((section(".ksyms"), weak));

SEC("raw_tp/sched_switch") int asks(void *ctx) { return schedule ? 1 : 0; }

SEC("raw_tp/sched_wakeup") int asks_in_vain(void *ctx) { return in_no_kernel ? 1 : 0; }

char LICENSE[] SEC("license") = "GPL";
