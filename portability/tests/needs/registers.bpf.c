/* Registers have names of their own on each architecture. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

struct pt_regs { unsigned long di; } core;

SEC("kprobe/do_exit") long of_one(struct pt_regs *ctx) { return ctx->di; }
