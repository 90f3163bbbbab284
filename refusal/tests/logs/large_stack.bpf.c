#include "bpf.h"
static noinline int deep(int a) { volatile char text[400] = {}; text[a & 255] = 1; return text[3]; }
SEC("raw_tp/sched_switch") int stacks(void *ctx)
{
  volatile char text[300] = {};
  text[now() & 255] = 1;
  return deep(text[1]) + text[2];
}
