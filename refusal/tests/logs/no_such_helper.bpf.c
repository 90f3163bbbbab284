#include "bpf.h"
static long (*nope)(void) = (void *)9999;
SEC("raw_tp/sched_switch") int calls(void *ctx)
{
  return nope();
}
