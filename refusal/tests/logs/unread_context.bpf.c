#include "bpf.h"
SEC("socket") int reads(void *ctx)
{
  return *(u64 *)(ctx + 184);
}
