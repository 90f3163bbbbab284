#include "../src/front/c/builtin/vmlinux.h"
