#include "bpf.h"
SEC("raw_tp/sched_switch") int counts(u64 *ctx)
{
  u64 sum = 0;
  for (u32 i = 0; i < 4000000; i++)
    asm volatile("%0 += %1" : "+r"(sum) : "r"(i));
  return sum;
}
