/* Reads of fields that kernels have with other types. main.rs has the kernels.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c changed.bpf.c -o changed.bpf.o
 * llvm-objcopy-22 --strip-debug changed.bpf.o */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

struct pair {
  int first, second;
};

struct thing {
  unsigned long count;
  unsigned half;
  long sign;
  unsigned flag;
  char name[16];
  int numbers[4];
  struct pair pair;
  void *next;
} core;

static long (*probe_read)(void *to, unsigned size, const void *from) = (void *)4;
static long (*probe_read_str)(void *to, unsigned size, const void *from) = (void *)45;

#define PROGRAM(name) SEC("raw_tp/sched_switch") long name(struct thing **ctx)
#define READ(field, size)                        \
  ({                                             \
    long into[8] = {};                           \
    probe_read(into, size, &(*ctx)->field);      \
    into[0];                                     \
  })

PROGRAM(whole) { return READ(count, 8); }
PROGRAM(half) { return READ(half, 4); }
PROGRAM(sign) { return READ(sign, 8) == 0; }
PROGRAM(pointer) { return READ(next, 8); }
PROGRAM(adjusted) { return (*ctx)->count; }
PROGRAM(sized) { return READ(count, __builtin_preserve_field_info((*ctx)->count, 1)); }
PROGRAM(flag) { return READ(flag, 4); }
PROGRAM(flag_by_bits) {
  unsigned long value = 0;
  probe_read(&value, __builtin_preserve_field_info((*ctx)->flag, 1),
             (char *)*ctx + __builtin_preserve_field_info((*ctx)->flag, 0));
  value <<= __builtin_preserve_field_info((*ctx)->flag, 4);
  return value >> __builtin_preserve_field_info((*ctx)->flag, 5);
}
/* BPF_CORE_READ_BITFIELD: loads of each size, and the kernel's tells which one is done. */
SEC("tp_btf/sched_switch") long flag_by_sizes(struct thing **ctx) {
  char *at = (char *)*ctx + __builtin_preserve_field_info((*ctx)->flag, 0);
  unsigned long value = 0;
  asm volatile("" : "+r"(at));
  switch (__builtin_preserve_field_info((*ctx)->flag, 1)) {
  case 1: value = *(unsigned char *)at; break;
  case 2: value = *(unsigned short *)at; break;
  case 4: value = *(unsigned *)at; break;
  case 8: value = *(unsigned long *)at; break;
  }
  value <<= __builtin_preserve_field_info((*ctx)->flag, 4);
  return value >> __builtin_preserve_field_info((*ctx)->flag, 5);
}
PROGRAM(name) { return READ(name, 16); }
PROGRAM(start_of_name) { return READ(name, 4); }
PROGRAM(name_as_string) {
  long into[2] = {};
  probe_read_str(into, 16, &(*ctx)->name);
  return into[0];
}
PROGRAM(numbers) { return READ(numbers, 16); }
PROGRAM(number) { return READ(numbers[1], 4); }
PROGRAM(pair) { return READ(pair, 8); }
PROGRAM(more_than_a_field) { return READ(half, 12); }
