#include "bpf.h"
struct { int (*type)[30]; int *value; int (*max_entries)[4]; } filter SEC(".maps");
SEC("raw_tp/sched_switch") int looks(void *ctx)
{
  return &filter != 0;
}
