/* A program that only its own object can name. */
#define SEC(name) __attribute__((section(name), used))

SEC("raw_tp/sched_switch") int program(void *ctx) { return 0; }

SEC("raw_tp/sched_wakeup") static int hidden(void *ctx) { return 0; }

/* Static, but no program. */
static __attribute__((noinline)) int callee(int value) { return value + 1; }

SEC("raw_tp/sched_waking") int caller(void *ctx) { return callee(1) - 2; }

char LICENSE[] SEC("license") = "GPL";
