#include "bpf.h"
extern int bpf_nope_kfunc(int) ksym weak;
SEC("tp_btf/sched_switch") int calls(void *ctx)
{
  return bpf_nope_kfunc(3);
}
