#include "bpf.h"
struct task_struct { int pid; long state; } core;
int total;

static noinline int first(int a) { total += a; return total; }
static noinline int state(struct task_struct *task)
{
  long state = 0;
  probe_read(&state, sizeof(state), &task->state);
  return state;
}
static noinline int pid(struct task_struct *task)
{
  int pid = 0;
  probe_read(&pid, sizeof(pid), &task->pid);
  return pid + state(task) + first(2);
}

SEC("raw_tp/sched_switch") int switched(void *ctx)
{
  return first(1) + pid((void *)current());
}
