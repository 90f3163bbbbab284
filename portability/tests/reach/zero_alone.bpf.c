/* What programs around functions give: every kernel takes 0 alone.
 *
 * clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c zero_alone.bpf.c -o zero_alone.bpf.o
 * llvm-objcopy-22 --strip-debug zero_alone.bpf.o */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned long long u64;

static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;

/* int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len) */
SEC("fexit/tcp_v4_connect") int zero(u64 *ctx) { return 0; }
SEC("fexit/tcp_v4_connect") int one(u64 *ctx) { return 1; }
SEC("fexit/tcp_v4_connect") int zero_or_one(u64 *ctx) { return bpf_get_current_pid_tgid() == 7; }
SEC("fexit/tcp_v4_connect") int of_helper(u64 *ctx) { return bpf_get_current_pid_tgid(); }
SEC("fexit/tcp_v4_connect") int what_the_function_gave(u64 *ctx) { return ctx[3]; }
SEC("fentry/tcp_v4_connect") int an_argument(u64 *ctx) { return ctx[2]; }
SEC("fexit/tcp_v4_connect") int zero_if_tested(u64 *ctx) { return ctx[3] ? 0 : (int)ctx[3]; }

char LICENSE[] SEC("license") = "GPL";
