/* Uses of numbers whose sign kernels do not agree on. sign.rs has the kernels.
 *
 * for v in 2 3 4; do
 *   clang-22 -g -O2 -w -target bpfel -mcpu=v$v -ffile-prefix-map="$PWD"=. -c sign.bpf.c -o sign.v$v.bpf.o
 *   llvm-objcopy-22 --strip-debug sign.v$v.bpf.o
 * done */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

struct counts {
  int number;
  unsigned big;
  short half;
  signed char byte;
  long wide;
} core;

static long (*probe_read)(void *to, unsigned size, const void *from) = (void *)4;
static void (*lost)(void) = (void *)5;

long limit, out;
int narrow;

#define PROGRAM(name) SEC("raw_tp/sched_switch") long name(struct counts **ctx)
#define TYPED(name) SEC("tp_btf/sched_switch") long name(struct counts **ctx)
#define READ(field)                                       \
  ({                                                      \
    __typeof__((*ctx)->field) into;                       \
    probe_read(&into, sizeof(into), &(*ctx)->field);      \
    into;                                                 \
  })

/* The sign decides. */
PROGRAM(bad_negative) { return READ(number) < 0 ? 7 : 8; }
PROGRAM(bad_as_bit) { out = READ(number) < 0; return 0; }
PROGRAM(bad_half_as_bit) { out = READ(half) < 0; return 0; }
PROGRAM(bad_wide_as_bit) { out = READ(wide) < 0; return 0; }
PROGRAM(bad_widened) { out = READ(number); return 0; }
PROGRAM(bad_shifted) { narrow = READ(number) >> 3; return 0; }
PROGRAM(bad_compared) { return READ(number) > (int)limit ? 7 : 8; }
PROGRAM(bad_half) { out = READ(half); return 0; }
PROGRAM(bad_byte) { return READ(byte) < 0 ? 7 : 8; }
PROGRAM(bad_wide) { return READ(wide) < 0 ? 7 : 8; }
PROGRAM(bad_added) { out += READ(number); return 0; }
PROGRAM(bad_at_most) { return READ(number) > 100 ? 7 : 8; }
TYPED(bad_load) { return (*ctx)->number < 0 ? 7 : 8; }
TYPED(bad_load_widened) { out = (*ctx)->half; return 0; }
PROGRAM(bad_on_one_way) {
  int number = 0;
  if (limit)
    number = READ(number);
  return number < 0 ? 7 : 8;
}

/* A negative number would be a large one. */
PROGRAM(bad_over) { return READ(big) > 1500 ? 7 : 8; }
PROGRAM(bad_over_limit) { return READ(big) > (unsigned)limit ? 7 : 8; }
PROGRAM(bad_divided) { narrow = READ(big) / (unsigned)limit; return 0; }
TYPED(bad_load_over) { return (*ctx)->big > (unsigned)limit ? 7 : 8; }
PROGRAM(bad_rest) { narrow = READ(big) % (unsigned)limit; return 0; }

/* All numbers of all signs are told apart alike. */
PROGRAM(good_equal) { return READ(number) == 5 ? 7 : 8; }
PROGRAM(good_minus_one) { return READ(number) == -1 ? 7 : 8; }
PROGRAM(good_some) { return READ(number) ? 7 : 8; }
PROGRAM(good_mask) { return READ(number) & 0x80 ? 7 : 8; }
PROGRAM(good_copied) { narrow = READ(number); return 0; }
PROGRAM(good_low_byte) { *(char *)&out = READ(number); return 0; }
PROGRAM(good_same) { return READ(number) == (int)limit ? 7 : 8; }
PROGRAM(good_added) { narrow += READ(number); return 0; }
PROGRAM(good_switch) {
  switch (READ(number)) {
  case 3: return 1;
  case 17: return 5;
  case 90: return 12;
  case 412: return 4;
  case 5000: return 9;
  }
  return 0;
}
PROGRAM(good_half) { return READ(half) == 5 ? 7 : 8; }
PROGRAM(good_wide) { return READ(wide) == limit ? 7 : 8; }
TYPED(good_load) { return (*ctx)->number == 5 ? 7 : 8; }
PROGRAM(good_one_of) { unsigned big = READ(big); return big == 0 || big == 1 ? 7 : 8; }
PROGRAM(good_one_of_many) {
  switch (READ(big)) {
  case 1: case 2: case 5: case 7: case 12: return 1;
  }
  return 0;
}
PROGRAM(good_big) { out = READ(big); return 0; }
PROGRAM(good_other_number) {
  int number = READ(number);
  lost();
  number = limit;
  return number < 0 ? 7 : 8;
}

char LICENSE[] SEC("license") = "GPL";
