/* Loads and stores through the pointer to the context, moved before and not.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c context.bpf.c -o context.bpf.o
 * llvm-objcopy-22 --strip-debug context.bpf.o */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;

#define PROGRAM(section, name, code)                                           \
  SEC(section) __attribute__((naked)) int name(void *ctx)                      \
  {                                                                            \
    asm volatile(code "r0 = 0; exit");                                         \
  }

PROGRAM("raw_tp/sched_switch", moved, "r1 += 8; r2 = *(u64 *)(r1 + 0);")
PROGRAM("raw_tp/sched_switch", at_an_offset, "r2 = *(u64 *)(r1 + 8);")
PROGRAM("raw_tp/sched_switch", back_again, "r1 += 8; r1 += -8; r2 = *(u64 *)(r1 + 8);")
PROGRAM("raw_tp/sched_switch", moved_and_never_used, "r1 += 8; r2 = r1;")
PROGRAM("raw_tp/sched_switch", behind_a_dead_branch, "r2 = 1; if r2 == 1 goto 1f; r1 += 8; 1: r2 = *(u64 *)(r1 + 0);")
PROGRAM("raw_tp/sched_switch", a_copy, "r2 = r1; r2 += 8; r2 = *(u64 *)(r2 - 8);")
PROGRAM("kprobe/vfs_read", registers, "r1 += 8; r2 = *(u64 *)(r1 + 0);")
PROGRAM("tp_btf/sched_switch", typed, "r1 += 8; r2 = *(u64 *)(r1 + 0);")
PROGRAM("xdp", packet, "r1 += 4; r2 = *(u32 *)(r1 + 8);")
PROGRAM("tc", mark, "r1 += 8; r2 = 1; *(u32 *)(r1 + 0) = r2;")
PROGRAM("perf_event", event, "r1 += 8; r2 = *(u64 *)(r1 + 0);")

/* Both arms read an argument, which the compiler makes one load of. */
SEC("raw_tp/sched_switch") int either(u64 *ctx)
{
  return (bpf_get_prandom_u32() & 1 ? ctx[0] : ctx[1]) == 7;
}

char LICENSE[] SEC("license") = "GPL";
