/* One object for two architectures asks which it is on. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

struct pt_regs___amd64 { unsigned long di; } core;
struct pt_regs___arm64 { unsigned long orig_x0; } core;

SEC("kprobe/do_exit") long of_both(void *ctx) {
  struct pt_regs___amd64 *amd64 = ctx;
  struct pt_regs___arm64 *arm64 = ctx;
  if (__builtin_preserve_field_info(amd64->di, 2)) {
    unsigned long di = amd64->di;
    /* Or the compiler makes one load of two, through a context that was moved. */
    asm volatile("" ::: "memory");
    return di;
  }
  if (__builtin_preserve_field_info(arm64->orig_x0, 2)) return arm64->orig_x0;
  return 0;
}
