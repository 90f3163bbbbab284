#include "bpf.h"
SEC("raw_tp/sched_switch") int skips(void *ctx)
{
  asm volatile("goto +1\n r1 = 5");
  return 0;
}
