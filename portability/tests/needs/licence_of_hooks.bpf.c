/* A hook and a kfunc under a licence that is not compatible with GPL. */
#define SEC(name) __attribute__((section(name), used))

extern void bpf_rcu_read_unlock(void) SEC(".ksyms") __attribute__((weak));

SEC("lsm/file_open") int on_hook(void *ctx) { return 0; }

/* Linux 6.2 has it. */
SEC("tp_btf/sched_switch") int calls(void *ctx) {
  if (bpf_rcu_read_unlock)
    bpf_rcu_read_unlock();
  return 0;
}

char LICENSE[] SEC("license") = "MIT";
