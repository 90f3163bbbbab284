/* Ways to a field that a kernel lacks, and ways that lead past it. `state` was there until Linux 5.14, and is
 * `__state` since. The name of a program says what leads there.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c reach.bpf.c -o reach.bpf.o
 * llvm-objcopy-22 --strip-debug reach.bpf.o */
#define SEC(name) __attribute__((section(name), used))
#define noinline __attribute__((noinline))
#define core __attribute__((preserve_access_index))
#define exists(field) __builtin_preserve_field_info(field, 2)

struct task_struct {
  int pid;
  long state;
  unsigned __state;
} core;

enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_RINGBUF = 27, BPF_MAP_TYPE_NEVER = 99 };
struct no_such_type { int x; } core;

struct {
  int (*type)[1];
  int (*max_entries)[1];
  int *key;
  long *value;
} counts SEC(".maps");

extern int LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
extern int bpf_no_such_kfunc(void) __attribute__((section(".ksyms"), weak));

static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*probe_read)(void *to, unsigned size, const void *from) = (void *)4;
static unsigned (*random)(void) = (void *)7;
static struct task_struct *(*current)(void) = (void *)35;
static long (*loop)(unsigned count, void *callback, void *context, long flags) = (void *)181;

#define READ(task, field)                                          \
  ({                                                               \
    __typeof__((task)->field) value;                               \
    probe_read(&value, sizeof value, &(task)->field);              \
    value;                                                         \
  })

const volatile _Bool use_old;
const volatile int first_switch, second_switch;
const volatile int limit = 7;
long total;

#define PROGRAM(name) SEC("raw_tp/sched_switch") long name(unsigned long long *ctx)

PROGRAM(plain) { return READ(current(), state); }

PROGRAM(guarded) {
  struct task_struct *task = current();
  return exists(task->state) ? READ(task, state) : READ(task, __state);
}

PROGRAM(killed_by_one) {
  struct task_struct *task = current();
  if (!exists(task->__state))
    return READ(task, state);
  return 0;
}

PROGRAM(other_guard) {
  struct task_struct *task = current();
  return exists(task->pid) ? READ(task, state) : 0;
}

PROGRAM(enumerator_guard) {
  struct task_struct *task = current();
  if (__builtin_preserve_enum_value(*(__typeof__(enum bpf_map_type) *)BPF_MAP_TYPE_NEVER, 0))
    return READ(task, state);
  return 0;
}

PROGRAM(type_guard) {
  struct task_struct *task = current();
  if (__builtin_preserve_type_info(*(struct no_such_type *)0, 0))
    return 0;
  return READ(task, state);
}

PROGRAM(on_stack) {
  volatile long has = exists(((struct task_struct *)0)->state);
  struct task_struct *task = current();
  return has ? READ(task, state) : 0;
}

PROGRAM(half_on_stack) {
  volatile int has = exists(((struct task_struct *)0)->state);
  struct task_struct *task = current();
  return has ? READ(task, state) : 0;
}

PROGRAM(other_half_on_stack) {
  volatile int has = exists(((struct task_struct *)0)->__state);
  struct task_struct *task = current();
  return has ? READ(task, __state) : READ(task, state);
}

/* Upstream, the verifier forgets a number of four bytes on the stack before 5.16 unless it is 0. */
PROGRAM(by_narrow_one) {
  volatile struct {
    int has, other;
  } pair __attribute__((aligned(8)));
  pair.has = exists(((struct task_struct *)0)->state);
  return pair.has ? 0 : READ(current(), __state);
}

static noinline long get(struct task_struct *task, long has) {
  return has ? READ(task, state) : 0;
}
PROGRAM(by_argument) {
  struct task_struct *task = current();
  return get(task, exists(task->state)) + get(task, 0);
}
PROGRAM(by_other_argument) {
  struct task_struct *task = current();
  return get(task, exists(task->state)) + get(task, ctx[0]);
}

noinline long get_global(int has) {
  return has ? READ(current(), state) : 0;
}
PROGRAM(by_global) { return get_global(exists(current()->state)); }
PROGRAM(by_global_never_called) {
  if (exists(current()->state))
    return get_global(1);
  return 0;
}

static noinline long has_state(void) { return exists(((struct task_struct *)0)->state); }
PROGRAM(by_result) { return has_state() ? READ(current(), state) : 0; }

struct context {
  long has;
  long sum;
};
static noinline long called_back(unsigned index, struct context *context) {
  if (context->has)
    context->sum += READ(current(), state);
  return 0;
}
PROGRAM(by_callback) {
  struct context context = {exists(((struct task_struct *)0)->state), 0};
  loop(3, called_back, &context, 0);
  return context.sum;
}

PROGRAM(by_switch) { return use_old ? READ(current(), state) : 0; }
PROGRAM(by_two_switches) {
  if (limit == 7 && first_switch && second_switch > 3)
    return READ(current(), state);
  return 0;
}
PROGRAM(by_switch_and_guard) {
  struct task_struct *task = current();
  return use_old && exists(task->state) ? READ(task, state) : 0;
}

PROGRAM(by_version) {
  struct task_struct *task = current();
  if (LINUX_KERNEL_VERSION < (5 << 16 | 14 << 8))
    return READ(task, state);
  return READ(task, __state);
}

PROGRAM(by_kfunc) {
  if (bpf_no_such_kfunc)
    return READ(current(), state) + bpf_no_such_kfunc();
  return 0;
}

PROGRAM(by_two_ways) {
  volatile long has = 0;
  if (ctx[0] & 1)
    has = exists(((struct task_struct *)0)->state);
  return has ? READ(current(), state) : 0;
}

static noinline long state_of(struct task_struct *task) { return READ(task, state); }
PROGRAM(by_loop) {
  long sum = 0;
#pragma clang loop unroll(disable)
  for (volatile long i = 0; i < 6; i++)
    if (i == 7)
      sum += state_of(current());
  return sum;
}
PROGRAM(by_end_of_loop) {
  long sum = 0;
#pragma clang loop unroll(disable)
  for (volatile long i = 0; i < 6; i++)
    if (i == 5)
      sum += state_of(current());
  return sum;
}

PROGRAM(by_null) {
  int key = 0;
  long *value = lookup(&counts, &key);
  if (!value)
    return 0;
  asm volatile("" : "+r"(value));
  return value ? 0 : READ(current(), state);
}

PROGRAM(overwritten) {
  long has = 0;
  probe_read(&has, sizeof has, (void *)ctx[0]);
  return has ? READ(current(), state) : 0;
}

PROGRAM(by_range) {
  unsigned long byte = *(unsigned char *)ctx;
  asm volatile("" : "+r"(byte));
  if (byte > 300)
    return READ(current(), state);
  if (byte < 10) {
    asm volatile("" : "+r"(byte));
    byte = byte << 3 | 1;
    asm volatile("" : "+r"(byte));
    if (!(byte & 1) || byte > 121)
      return READ(current(), state);
  }
  return 0;
}

/* More steps than anybody follows one by one. */
PROGRAM(behind_long_loop) {
  for (volatile long i = 0; i < 100000; i++)
    ;
  return READ(current(), state);
}
PROGRAM(guarded_behind_long_loop) {
  volatile long has = exists(((struct task_struct *)0)->state);
  for (volatile long i = 0; i < 100000; i++)
    ;
  return has ? READ(current(), state) : 0;
}

/* Sixteen numbers that one of two ways leads to, each compared with what nobody knows: 65,536 ways. None of
 * the comparisons is decided, so none of the numbers matters. What decides is the number before them. */
#define BRANCH(number)                                             \
  long way##number = 3;                                            \
  if (ctx[1] & 1 << number)                                        \
    way##number = 5;                                               \
  asm volatile("" : "+r"(way##number));
#define COMPARE(number)                                            \
  if (random() == way##number)                                     \
    sum++;
#define EACH(do)                                                   \
  do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7)                  \
  do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)
PROGRAM(guarded_behind_many_branches) {
  long chosen = 1, sum = 0;
  if (ctx[0] & 1)
    chosen = 6;
  asm volatile("" : "+r"(chosen));
  EACH(BRANCH)
  EACH(COMPARE)
  return chosen == 2 ? READ(current(), state) : sum;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
