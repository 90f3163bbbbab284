#include "bpf.h"
static long (*loop)(u32 count, void *callback, void *context, u64 flags) = (void *)181;
static noinline long each(u32 index, void *context) { return 0; }
SEC("raw_tp/sched_switch") int loops(void *ctx)
{
  return loop(3, each, 0, 0);
}
