/* Structs of functions with a member that only new kernels have, of another size, or linked. */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned long long u64;

struct tcp_congestion_ops {
  void (*cwnd_event_tx_start)(void *);
  char name[16];
};

struct tcp_congestion_ops___short {
  unsigned (*undo_cwnd)(void *);
  char name[8];
};

/* Linux 7.1. */
SEC("struct_ops/cwnd_event_tx_start") void cwnd_event_tx_start(u64 *ctx) {}
SEC("struct_ops/undo_cwnd") unsigned undo_cwnd(u64 *ctx) { return 1; }
SEC("raw_tp/sched_switch") int other(void *ctx) { return 0; }

SEC(".struct_ops")
struct tcp_congestion_ops with_new_member = {
    .cwnd_event_tx_start = (void *)cwnd_event_tx_start,
    .name = "bpf_new",
};

SEC("?.struct_ops")
struct tcp_congestion_ops___short short_name = {
    .undo_cwnd = (void *)undo_cwnd,
    .name = "bpf",
};

char LICENSE[] SEC("license") = "GPL";
