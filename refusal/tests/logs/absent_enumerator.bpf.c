#include "bpf.h"
enum pid_type { PIDTYPE_PID, PIDTYPE_NOPE = 9 };
SEC("raw_tp/sched_switch") int counts(void *ctx)
{
  return __builtin_preserve_enum_value(*(typeof(enum pid_type) *)PIDTYPE_NOPE, 1);
}
