/* For s390, as libbpf's `PT_REGS_PARM1` reads a register there. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

typedef struct { unsigned long gprs[16]; } core user_pt_regs;

SEC("kprobe/do_exit") long of_s390(user_pt_regs *ctx) { return ctx->gprs[2]; }
