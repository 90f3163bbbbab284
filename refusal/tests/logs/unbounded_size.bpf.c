#include "bpf.h"
SEC("raw_tp/sched_switch") int copies(u64 *ctx)
{
  char text[16] = {};
  probe_read(text, ctx[1], (void *)ctx[2]);
  return text[0];
}
