#include "bpf.h"
extern const int nope_variable ksym;
SEC("raw_tp/sched_switch") int reads(void *ctx)
{
  return nope_variable;
}
