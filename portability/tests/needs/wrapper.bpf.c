// A system call by its plain name: libbpf finds nothing there, and cilium/ebpf tries the architecture's wrapper.
#define SEC(name) __attribute__((section(name), used))

SEC("kprobe/sys_execve") int plain_name(void *ctx) { return 0; }

char licence[] SEC("license") = "GPL";
