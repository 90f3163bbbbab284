#include "bpf.h"
int total;
SEC("raw_tp/sched_switch") int spins(void *ctx)
{
  for (;;)
    asm volatile("" ::: "memory");
  return 0;
}
