#include "bpf.h"
u64 total;
SEC("raw_tp/sched_switch") int adds(void *ctx)
{
  return __sync_fetch_and_add(&total, 1);
}
