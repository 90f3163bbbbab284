/* What programs on hooks of security modules give.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c results.bpf.c -o results.bpf.o
 * llvm-objcopy-22 --strip-debug results.bpf.o */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

struct {
  int (*type)[2]; /* array */
  u32 *key;
  int *value;
  int (*max_entries)[1];
} verdicts SEC(".maps");

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *src) = (void *)113;
static long (*const bpf_probe_read_kernel_str)(void *dst, u32 size, const void *src) = (void *)115;

#define PROGRAM(name) SEC("lsm/file_open") int name(u64 *ctx)

PROGRAM(zero) { return 0; }

PROGRAM(errno) { return bpf_get_current_pid_tgid() & 1 ? -1 : 0; }

PROGRAM(one) { return 1; }

PROGRAM(least) { return bpf_get_current_pid_tgid() & 1 ? -4095 : -4096; }

PROGRAM(of_helper)
{
  u64 value;

  return bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx[0]);
}

PROGRAM(if_negative)
{
  u64 value;
  long error = bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx[0]);

  if (error < 0)
    return error;
  return 0;
}

PROGRAM(bounded)
{
  u64 value;
  long error = bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx[0]);

  if (error < -4095)
    error = -4095;
  if (error > 0)
    error = 0;
  asm volatile("" : "+r"(error));
  return error;
}

PROGRAM(length_of_text)
{
  char text[16];
  long length = bpf_probe_read_kernel_str(text, sizeof(text), (void *)ctx[0]);

  return length;
}

PROGRAM(error_of_text)
{
  char text[16];
  long length = bpf_probe_read_kernel_str(text, sizeof(text), (void *)ctx[0]);

  if (length < 0)
    return length;
  return 0;
}

PROGRAM(from_map)
{
  u32 key = 0;
  int *verdict = bpf_map_lookup_elem(&verdicts, &key);

  return verdict ? *verdict : 0;
}

PROGRAM(from_map_tested)
{
  u32 key = 0;
  int *verdict = bpf_map_lookup_elem(&verdicts, &key);

  return verdict && *verdict ? -1 : 0;
}

const volatile int setting = -1;

PROGRAM(of_setting) { return setting; }

PROGRAM(through_stack)
{
  volatile int error = -2;

  return error;
}

static __attribute__((noinline)) int decide(u64 id)
{
  asm volatile("");
  return id & 2 ? -13 : 0;
}

PROGRAM(of_callee) { return decide(bpf_get_current_pid_tgid()); }

/* The hook's result so far, which is behind its one argument. */
PROGRAM(of_hook)
{
  int so_far = (int)ctx[1];

  return so_far;
}

PROGRAM(of_hook_or_own)
{
  int so_far = (int)ctx[1];

  if (so_far)
    return so_far;
  return bpf_get_current_pid_tgid() & 1 ? -1 : 0;
}

PROGRAM(of_argument) { return ctx[0]; }

PROGRAM(negated)
{
  long bit = bpf_get_current_pid_tgid() & 1;

  asm volatile("%[bit] = -%[bit]" : [bit] "+r"(bit));
  return bit;
}

PROGRAM(masked)
{
  return -(long)(bpf_get_current_pid_tgid() & 0xff);
}

/* It gives nothing. */
SEC("lsm/file_free_security") long of_void(u64 *ctx) { return bpf_get_current_pid_tgid(); }

char LICENSE[] SEC("license") = "GPL";
