/* Registers that no struct names, as in Rust with aya: at 112 is the first argument on amd64, and the fifth on riscv64. */
#define SEC(name) __attribute__((section(name), used))

SEC("kprobe/tcp_connect") long of_one(unsigned long *ctx) { return ctx[14]; }

/* No architecture has a second argument there. */
SEC("kprobe/tcp_connect") long of_none(unsigned long *ctx) { return ctx[13]; }

char LICENSE[] SEC("license") = "GPL";
