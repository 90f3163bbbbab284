#include "bpf.h"
struct xdp_md { u32 data, data_end; };
SEC("xdp") int parses(struct xdp_md *ctx)
{
  u8 *data = (u8 *)(long)ctx->data;
  return data[12] == 8 ? 1 : 2;
}
