#include "bpf.h"
SEC("raw_tp/sched_switch") __attribute__((naked)) int falls(void *ctx)
{
  asm volatile("r0 = 0\n if r1 == 0 goto +5\n r0 = 1");
}
