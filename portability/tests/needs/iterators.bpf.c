/* Helpers that only some iterators have. */
#define SEC(name) __attribute__((section(name), used))

static long (*setsockopt)(void *, int, int, char *, int) = (void *)49;

static long set(void **ctx) {
  int one = 1;
  return ctx[1] ? setsockopt(ctx[1], 1, 2, (char *)&one, sizeof(one)) & 0 : 0;
}

SEC("iter/tcp") int of_tcp(void **ctx) { return set(ctx); }
SEC("iter/unix") int of_unix(void **ctx) { return set(ctx); }
SEC("iter/udp") int of_udp(void **ctx) { return set(ctx); }

char LICENSE[] SEC("license") = "GPL";
