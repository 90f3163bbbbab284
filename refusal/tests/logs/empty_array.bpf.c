#include "bpf.h"
struct upid {
  int nr;
} core;
struct pid {
  unsigned int level;
  struct upid numbers[];
} core;
SEC("raw_tp/sched_switch") int reads(void **ctx)
{
  struct pid *pid = ctx[0];
  int nr = 0;
  probe_read(&nr, sizeof(nr), &pid->numbers[0].nr);
  return nr;
}
