/* Functions that call others, in another order than that of their names and places.
 * clang-22 -target bpfel -mcpu=v3 -O2 -g -fdebug-compilation-dir=. -c calls.bpf.c -o calls.bpf.o && llvm-strip-22 -g calls.bpf.o */
#define SEC(name) __attribute__((section(name), used))
#define noinline __attribute__((noinline))

static long (*loop)(unsigned count, void *callback, void *context, long flags) = (void *)181;

int total;

static noinline int zeta(int a) { total += a; return total; }
static noinline int alpha(int a) { total *= a; return total + zeta(a + 1); }
static noinline int delta(int a) { total -= a; return zeta(a) ^ alpha(a); }
noinline int middle(int a) { total ^= a; return delta(a) + 3; }
static noinline long each(unsigned index, void *context) { return alpha(index) > 9; }
noinline int lonely(int a) { total |= a; return a; }

SEC("raw_tp/one") int one(void *ctx) { return zeta(1) + middle(2) + alpha(3); }
SEC("raw_tp/one") int two(void *ctx) { loop(4, each, 0, 0); return middle(total) + lonely(total); }
SEC("raw_tp/three") int three(void *ctx) { return total; }

char LICENSE[] SEC("license") = "GPL";
