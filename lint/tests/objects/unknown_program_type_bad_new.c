#include "bpf.h"

SEC("netfilter")
int filter(void *ctx)
{
	return 1;
}
