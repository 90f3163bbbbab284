/* Registers that are read where they are on one architecture. */
#define SEC(name) __attribute__((section(name), used))

struct pt_regs {
  unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

SEC("kprobe/do_exit") long of_one(struct pt_regs *ctx) { return ctx->di; }

char LICENSE[] SEC("license") = "GPL";
