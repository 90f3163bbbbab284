/* Reads of the stack, deeper than all that was written and not.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c depth.bpf.c -o depth.bpf.o
 * llvm-objcopy-22 --strip-debug depth.bpf.o */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

/* Four bytes of padding behind `pid`. */
struct key {
  u64 address;
  u32 pid;
};

struct {
  int (*type)[1]; /* hash */
  struct key *key;
  struct key *value;
  int (*max_entries)[4];
} map SEC(".maps");

struct {
  int (*type)[27]; /* ringbuf */
  int (*max_entries)[4096];
} ring SEC(".maps");

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static long (*const bpf_get_current_comm)(void *buf, u32 size) = (void *)16;
static long (*const bpf_ringbuf_output)(void *ring, void *data, u64 size, u64 flags) = (void *)130;

#define PROGRAM(name) SEC("raw_tp/sched_switch") int name(void *ctx)

PROGRAM(padded_key)
{
  struct key key;

  key.address = bpf_ktime_get_ns();
  key.pid = 1;
  return bpf_map_lookup_elem(&map, &key) != 0;
}

PROGRAM(zeroed_key)
{
  struct key key;

  __builtin_memset(&key, 0, sizeof(key));
  key.address = bpf_ktime_get_ns();
  key.pid = 1;
  return bpf_map_lookup_elem(&map, &key) != 0;
}

PROGRAM(padded_value)
{
  struct key key, value;

  __builtin_memset(&key, 0, sizeof(key));
  value.address = bpf_ktime_get_ns();
  value.pid = 1;
  return bpf_map_update_elem(&map, &key, &value, 0) != 0;
}

PROGRAM(padded_event)
{
  struct key event;

  event.address = bpf_ktime_get_ns();
  event.pid = 1;
  return bpf_ringbuf_output(&ring, &event, sizeof(event), 0) != 0;
}

PROGRAM(short_event)
{
  struct key event;

  event.address = bpf_ktime_get_ns();
  event.pid = 1;
  return bpf_ringbuf_output(&ring, &event, 12, 0) != 0;
}

/* The helper writes all of it. */
PROGRAM(filled_by_helper)
{
  char text[16];

  bpf_get_current_comm(text, sizeof(text));
  return bpf_map_lookup_elem(&map, text) != 0;
}

PROGRAM(filled_in_part)
{
  char text[16];

  bpf_get_current_comm(text, 8);
  return bpf_map_lookup_elem(&map, text) != 0;
}

static __attribute__((noinline)) void fill(struct key *key)
{
  __builtin_memset(key, 0, sizeof(*key));
  key->pid = 1;
}

PROGRAM(filled_by_callee)
{
  struct key key;

  fill(&key);
  return bpf_map_lookup_elem(&map, &key) != 0;
}

/* On one of two ways. */
PROGRAM(filled_on_one_way)
{
  struct key key;

  if (bpf_ktime_get_ns() & 1)
    __builtin_memset(&key, 0, sizeof(key));
  asm volatile("" : : "r"(&key) : "memory");
  return bpf_map_lookup_elem(&map, &key) != 0;
}

PROGRAM(loaded)
{
  u64 number;

  asm volatile("%[number] = *(u64 *)(r10 - 64)" : [number] "=r"(number));
  return number != 0;
}

PROGRAM(loaded_in_part)
{
  u64 number;

  asm volatile("r1 = 0; *(u32 *)(r10 - 64) = r1; %[number] = *(u64 *)(r10 - 64)" : [number] "=r"(number) : : "r1", "memory");
  return number != 0;
}

PROGRAM(stored_and_loaded)
{
  u64 number;

  asm volatile("r1 = 0; *(u64 *)(r10 - 64) = r1; %[number] = *(u64 *)(r10 - 64)" : [number] "=r"(number) : : "r1", "memory");
  return number != 0;
}

/* What is added decides where: any byte of it may be written. */
PROGRAM(stored_somewhere)
{
  struct key key;
  u64 at = bpf_ktime_get_ns() & 8;

  *(volatile u64 *)((char *)&key + at) = 1;
  return bpf_map_lookup_elem(&map, &key) != 0;
}

static long (*const bpf_sysctl_get_name)(void *ctx, char *buf, u64 size, u64 flags) = (void *)101;

/* The helper writes there, and old verifiers take it for one that reads. */
SEC("cgroup/sysctl")
int name_of_sysctl(void *ctx)
{
  char name[32];

  return bpf_sysctl_get_name(ctx, name, sizeof(name), 0) > 0;
}

char LICENSE[] SEC("license") = "GPL";
