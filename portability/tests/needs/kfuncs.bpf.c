/* Functions, variables and options of the kernel: with other prototypes, in programs that may not call them,
 * called without a question, and read as constants. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))
#define weak __attribute__((weak))

typedef unsigned long long u64;

struct task_struct {
  int pid;
  long state;
} core;

struct other;

extern struct task_struct *bpf_task_acquire(struct task_struct *task) SEC(".ksyms") weak;
extern void bpf_task_release(struct task_struct *task) SEC(".ksyms") weak;
extern struct task_struct *bpf_task_from_pid(int pid) SEC(".ksyms") weak;
extern void bpf_rcu_read_unlock(void) SEC(".ksyms") weak;
/* Kernels have no parameter. */
extern void bpf_preempt_disable(int flags) SEC(".ksyms") weak;

extern _Bool CONFIG_PREEMPT_RT SEC(".kconfig") weak;
extern const void init_task SEC(".ksyms") weak;

static u64 (*current_task)(void) = (void *)35;
static long (*probe_read_kernel)(void *to, unsigned size, const void *from) = (void *)113;

SEC("tp_btf/sched_switch") int guarded(u64 *ctx) {
  if (!bpf_task_acquire || !bpf_task_release)
    return 0;
  struct task_struct *task = bpf_task_acquire((void *)ctx[1]);
  if (task)
    bpf_task_release(task);
  return 0;
}

/* Linux 6.2 has it, and such programs may not call it. */
SEC("kprobe/do_exit") int not_in_probes(u64 *ctx) {
  if (bpf_task_acquire)
    bpf_task_acquire((void *)ctx[14]);
  return 0;
}

/* Linux 6.2 has it, and 6.12 lets such programs call it. */
SEC("syscall") int in_a_system_call(void *ctx) {
  struct task_struct *task = bpf_task_from_pid ? bpf_task_from_pid(1) : 0;
  if (task && bpf_task_release)
    bpf_task_release(task);
  return 0;
}

SEC("tp_btf/sched_wakeup") int unasked(u64 *ctx) {
  bpf_rcu_read_unlock();
  return 0;
}

SEC("tp_btf/sched_waking") int another_prototype(u64 *ctx) {
  bpf_preempt_disable(0);
  return 0;
}

/* `state` was there until Linux 5.14. */
SEC("raw_tp/sched_switch") int of_real_time(u64 *ctx) {
  long state = 0;
  struct task_struct *task = (void *)current_task();
  if (CONFIG_PREEMPT_RT)
    probe_read_kernel(&state, sizeof(state), &task->state);
  return state == 7;
}

SEC("raw_tp/sched_wakeup") int of_first_task(u64 *ctx) {
  long state = 0;
  struct task_struct *task = (void *)current_task();
  if (!&init_task)
    probe_read_kernel(&state, sizeof(state), &task->state);
  return state == 7;
}

char LICENSE[] SEC("license") = "GPL";
