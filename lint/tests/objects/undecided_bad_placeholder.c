#include "bpf.h"

/* The loading program chooses the function. */
SEC("kprobe/function_of_the_user")
int placeholder(void *ctx)
{
	return 0;
}
