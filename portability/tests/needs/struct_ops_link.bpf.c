/* A struct of functions with a link, which Linux 6.4 makes. */
#define SEC(name) __attribute__((section(name), used))

struct tcp_congestion_ops {
  unsigned (*undo_cwnd)(void *);
  char name[16];
};

SEC("struct_ops/undo_cwnd") unsigned undo_cwnd(unsigned long long *ctx) { return 1; }

SEC(".struct_ops.link")
struct tcp_congestion_ops linked = {
    .undo_cwnd = (void *)undo_cwnd,
    .name = "bpf_linked",
};

char LICENSE[] SEC("license") = "GPL";
