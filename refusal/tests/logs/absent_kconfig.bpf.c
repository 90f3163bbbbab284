#include "bpf.h"
extern int CONFIG_NOPE __attribute__((section(".kconfig")));
SEC("raw_tp/sched_switch") int reads(void *ctx)
{
  return CONFIG_NOPE;
}
