#include "bpf.h"

struct request {
	u32 cmd_flags;
} CORE;

/* Linux 5.11 took the first argument away. */
SEC("tp_btf/block_rq_issue")
int typed(u64 *ctx)
{
	struct request *request = (void *)ctx[1];

	out = request->cmd_flags;
	return 0;
}

SEC("raw_tp/block_rq_issue")
int counted(u64 *ctx)
{
	out = ctx[1];
	return 0;
}
