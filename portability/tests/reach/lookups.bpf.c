/* Elements of maps, used with and without a test for null.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c lookups.bpf.c -o lookups.bpf.o
 * llvm-objcopy-22 --strip-debug lookups.bpf.o */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

struct value {
  u64 first, second;
};

#define MAP(name, number, key_type, entries) \
  struct { \
    int (*type)[number]; \
    key_type *key; \
    struct value *value; \
    int (*max_entries)[entries]; \
  } name SEC(".maps")

MAP(array, 2, u32, 4);
MAP(percpu_array, 6, u32, 4);
MAP(hash, 1, u32, 4);
MAP(sized_by_loader, 2, u32, 0);

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;

#define PROGRAM(name) SEC("raw_tp/sched_switch") int name(void *ctx)
#define CONSUME(pointer) asm volatile("" : "+r"(pointer))

PROGRAM(tested)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  return found ? found->first != 0 : 0;
}

PROGRAM(not_tested)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  return found->first != 0;
}

PROGRAM(stored_to)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  found->first = 1;
  return 0;
}

PROGRAM(added_to)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  __sync_fetch_and_add(&found->first, 1);
  return 0;
}

/* The address of the member is made before the test. */
PROGRAM(moved_before_test)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);
  u64 *second = &found->second;

  CONSUME(second);
  return found ? *second != 0 : 0;
}

PROGRAM(tested_by_copy)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);
  struct value *copy = found;

  CONSUME(copy);
  return copy ? found->first != 0 : 0;
}

PROGRAM(constant_key)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&array, &key);

  return found->first != 0;
}

/* clang puts the key where no slot of the stack begins, and there verifiers know no number but 0. */
PROGRAM(constant_key_within_slot)
{
  u32 key = 3;
  struct value *found = bpf_map_lookup_elem(&array, &key);

  return found->first != 0;
}

PROGRAM(constant_key_at_slot)
{
  struct {
    u32 key, other;
  } keys;
  struct value *found;

  keys.key = 3;
  found = bpf_map_lookup_elem(&array, &keys.key);
  return found->first != 0;
}

PROGRAM(constant_key_in_wide_number)
{
  u64 key = 3;
  struct value *found = bpf_map_lookup_elem(&array, &key);

  return found->first != 0;
}

PROGRAM(constant_key_of_percpu)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&percpu_array, &key);

  return found->first != 0;
}

PROGRAM(constant_key_behind_end)
{
  struct {
    u32 key, other;
  } keys;
  struct value *found;

  keys.key = 4;
  found = bpf_map_lookup_elem(&array, &keys.key);

  return found->first != 0;
}

PROGRAM(constant_key_of_sized)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&sized_by_loader, &key);

  return found->first != 0;
}

PROGRAM(other_key)
{
  u32 key = bpf_ktime_get_ns() & 1;
  struct value *found = bpf_map_lookup_elem(&array, &key);

  return found->first != 0;
}

/* On one way only, which the verifier follows all the same. */
PROGRAM(on_one_way)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  if (bpf_ktime_get_ns() & 1)
    return found->first != 0;
  return found ? found->second != 0 : 0;
}

const volatile int never;

PROGRAM(not_reached)
{
  u32 key = 0;
  struct value *found = bpf_map_lookup_elem(&hash, &key);

  if (never)
    return found->first != 0;
  return 0;
}

static __attribute__((noinline)) int callee(struct value *found) { return found ? found->first != 0 : 0; }

PROGRAM(tested_by_callee)
{
  u32 key = 0;

  return callee(bpf_map_lookup_elem(&hash, &key));
}

char LICENSE[] SEC("license") = "GPL";
