// The C half of the twins: `../ebpf/src` is the other, file by file and program by program.
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

typedef __u64 u64;
typedef __u32 u32;
typedef __u16 u16;
typedef __u8 u8;
typedef __s64 s64;
#include <bpf/bpf_core_read.h>

#include "kernel.h"
#include "row.h"

#include "arguments.h"
#include "bitfields.h"
#include "enums.h"
#include "fields.h"
#include "flavours.h"
#include "lists.h"
#include "probes.h"
#include "reads.h"
#include "registers.h"
#include "strings.h"
#include "trusted.h"
#include "types.h"
#include "user.h"

char _license[] SEC("license") = "Dual MIT/GPL";
