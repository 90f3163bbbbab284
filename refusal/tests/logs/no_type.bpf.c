#include "bpf.h"
SEC("something/else") int idles(void *ctx) { return 0; }
