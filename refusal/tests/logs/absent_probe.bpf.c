#include "bpf.h"
SEC("kprobe/nope_function") int enters(void *ctx) { return 0; }
