/* Helpers and program types that some kernels lack. */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned long long u64;

static long (*compare)(const char *s1, unsigned size, const char *s2) = (void *)182;
static void *(*current_task_btf)(void) = (void *)158;
static u64 (*current_task)(void) = (void *)35;
static long (*probe_read_kernel)(void *to, unsigned size, const void *from) = (void *)113;

struct {
  int (*type)[2];
  int (*key_size)[4];
  int (*value_size)[8];
  int (*max_entries)[1];
} array SEC(".maps");

SEC("tp_btf/sched_switch") int old_helper(void *ctx) {
  long value = 0;
  probe_read_kernel(&value, 8, (void *)current_task());
  return value == 1;
}

SEC("raw_tp/sched_switch") int new_helper(void *ctx) { return current_task_btf() == 0; }

SEC("kprobe/vfs_read") int newer_helper(void *ctx) { return compare("a", 2, "b"); }

SEC("netfilter") int new_type(void *ctx) { return 1; }

SEC("xdp.frags") int packets_in_pieces(void *ctx) { return 2; }

SEC("sk_lookup") int old_type(void *ctx) { return 1; }

SEC("cgroup/connect_unix") int new_attach_type(void *ctx) { return 1; }

SEC("uprobe.multi//bin/sh:m*") int attached_later(void *ctx) { return 0; }

char LICENSE[] SEC("license") = "GPL";
