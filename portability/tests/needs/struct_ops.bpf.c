/* Structs of functions that kernels have, lack, or have with other arguments. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

typedef unsigned long long u64;

struct rate_sample {
  int losses;
} core;

/* What every kernel has, and a member that none has and that stays zero. */
struct tcp_congestion_ops {
  unsigned (*ssthresh)(void *);
  void (*cong_avoid)(void *, unsigned, unsigned);
  unsigned (*undo_cwnd)(void *);
  void (*cong_control)(void *, const struct rate_sample *);
  void (*no_such_function)(void *);
  char name[16];
};

struct sched_ext_ops {
  void (*enable)(void *);
  char name[128];
};

SEC("struct_ops/ssthresh") unsigned ssthresh(u64 *ctx) { return ctx[0] != 0; }
SEC("struct_ops/cong_avoid") void cong_avoid(u64 *ctx) {}
SEC("struct_ops/undo_cwnd") unsigned undo_cwnd(u64 *ctx) { return 1; }

/* Linux 6.10 has put two arguments between these. */
SEC("struct_ops/cong_control") void cong_control(u64 *ctx) {
  const struct rate_sample *sample = (void *)ctx[1];
  asm volatile("" ::"r"(sample->losses));
}

/* Linux 6.12 has it, if it is built with it. */
SEC("struct_ops/enable") void enable(u64 *ctx) {}

SEC(".struct_ops")
struct tcp_congestion_ops always = {
    .ssthresh = (void *)ssthresh,
    .cong_avoid = (void *)cong_avoid,
    .undo_cwnd = (void *)undo_cwnd,
    .cong_control = (void *)cong_control,
    .name = "bpf_always",
};

SEC("?.struct_ops")
struct sched_ext_ops on_demand = {
    .enable = (void *)enable,
    .name = "bpf_on_demand",
};

char LICENSE[] SEC("license") = "GPL";
