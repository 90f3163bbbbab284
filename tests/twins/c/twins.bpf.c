// The C half of the twins: `../ebpf/src` is the other, file by file and program by program.
#include "bpf.h"

#include "kernel.h"
#include "row.h"
#include "new_tasks.h"

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
#include "values.h"

char _license[] SEC("license") = "Dual MIT/GPL";
