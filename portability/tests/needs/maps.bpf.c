/* A map of a type that some kernels lack. */
#define SEC(name) __attribute__((section(name), used))

struct {
  int (*type)[30]; /* bloom_filter */
  int (*value_size)[8];
  int (*max_entries)[16];
} bloom SEC(".maps");

SEC("raw_tp/sched_switch") int program(void *ctx) { return 0; }

char LICENSE[] SEC("license") = "GPL";
