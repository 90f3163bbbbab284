/* Programs that take more steps than anybody follows one by one, in front of a field that a kernel lacks.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c too_long.bpf.c -o too_long.bpf.o
 * llvm-objcopy-22 --strip-debug too_long.bpf.o */
#define SEC(name) __attribute__((section(name), used))
#define noinline __attribute__((noinline))

struct task_struct {
  long state;
} __attribute__((preserve_access_index));

static long (*probe_read)(void *to, unsigned size, const void *from) = (void *)4;
static unsigned (*random)(void) = (void *)7;
static struct task_struct *(*current)(void) = (void *)35;

static inline long state(void) {
  long value = 0;
  probe_read(&value, sizeof value, &current()->state);
  return value;
}

#define PROGRAM(name) SEC("raw_tp/sched_switch") long name(unsigned long long *ctx)

/* Each branch adds another number, and the sum decides: a million ways. */
#define ADD(number)                                                \
  if (random() & 1) {                                              \
    sum += 1 << number;                                            \
    asm volatile("" : "+r"(sum));                                  \
  }                                                                \
  if (sum == 1 << 20)                                              \
    return 1;
PROGRAM(guarded_behind_many_sums) {
  long chosen = 1, sum = 0;
  if (ctx[0] & 1)
    chosen = 6;
  asm volatile("" : "+r"(chosen));
  ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7) ADD(8) ADD(9)
  ADD(10) ADD(11) ADD(12) ADD(13) ADD(14) ADD(15) ADD(16) ADD(17) ADD(18) ADD(19)
  return chosen == 2 ? state() : sum;
}

/* Functions that call the next one seven times, seven levels deep. */
#define LEVEL(name, next)                                          \
  static noinline long name(long x) {                              \
    x = next(x) ^ next(x + 1);                                     \
    x = next(x) ^ next(x + 2);                                     \
    return next(x) ^ next(x + 3) ^ next(x + 4);                    \
  }
static noinline long level7(long x) {
  asm volatile("" : "+r"(x));
  return x;
}
LEVEL(level6, level7)
LEVEL(level5, level6)
LEVEL(level4, level5)
LEVEL(level3, level4)
LEVEL(level2, level3)
LEVEL(level1, level2)
PROGRAM(behind_many_calls) { return level1(ctx[0]) ? state() : 0; }

char LICENSE[] SEC("license") = "Dual MIT/GPL";
