#include "bpf.h"
SEC("fentry/nope_function") int enters(void *ctx) { return 0; }
