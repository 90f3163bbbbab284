/* Records that a loader may not know, or answers in its own way. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

struct task_struct {
  int pid;
} core;

struct folio {
  unsigned long flags;
} core;

enum perf_callchain_context {
  PERF_CONTEXT_MAX = -4095,
};

SEC("raw_tp/sched_switch") int matches(void *ctx) {
  return __builtin_preserve_type_info(*(struct task_struct *)0, 2);
}

/* Linux 5.16 has `struct folio`. */
SEC("raw_tp/sched_wakeup") int size(void *ctx) {
  if (!__builtin_preserve_type_info(*(struct folio *)0, 0))
    return 0;
  return __builtin_preserve_type_info(*(struct folio *)0, 1);
}

/* Linux 6.0 has it with values of 64 bits. */
SEC("raw_tp/sched_waking") int exists(void *ctx) {
  return __builtin_preserve_enum_value(
      *(enum perf_callchain_context *)PERF_CONTEXT_MAX, 0);
}

char LICENSE[] SEC("license") = "GPL";
