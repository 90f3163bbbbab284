/* Helpers that kernels have and do not allow everywhere, and instructions that some do not take. */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned long long u64;

static u64 (*get_socket_cookie)(void *ctx) = (void *)46;

const volatile int is_enabled = 0;
int count;
long last;

/* Only programs that know the socket's type may. */
SEC("raw_tp/tcp_probe") int not_in_raw(u64 *ctx) { return get_socket_cookie((void *)ctx[0]) == 7; }

/* Linux 5.12 allows it, in programs that trace. */
SEC("tp_btf/tcp_probe") int in_tracing(u64 *ctx) { return get_socket_cookie((void *)ctx[0]) == 7; }

/* Linux 5.12 has it. Older verifiers look for it in dead code too. */
SEC("raw_tp/sched_switch") int atomic(void *ctx) {
  return is_enabled ? __sync_fetch_and_or(&count, 1) == 7 : 0;
}

SEC("raw_tp/sched_wakeup") int plain(void *ctx) {
  __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
  return 0;
}

/* Linux 6.6 has it, and older verifiers take it for another division where it is dead. */
SEC("raw_tp/sched_waking") int dead_division(void *ctx) {
  if (is_enabled) {
    long result = last;
    asm volatile("%0 s/= 3" : "+r"(result));
    last = result;
  }
  return 0;
}

SEC("raw_tp/sched_process_exit") int division(void *ctx) {
  long result = last;
  asm volatile("%0 s/= 3" : "+r"(result));
  last = result;
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
