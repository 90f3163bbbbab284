/* Arguments that kernels have at other places, of other types, or not at all. */
#define SEC(name) __attribute__((section(name), used))
#define core __attribute__((preserve_access_index))

typedef unsigned long long u64;

struct request {
  unsigned int cmd_flags;
} core;

struct renamedata {
  void *old_mnt_userns;
} core;

struct renamedata___new {
  void *new_mnt_idmap;
} core;

struct dentry {
  unsigned int d_flags;
} core;

/* What a program on a function finds: it gives 0 itself, as the verifier wants. */
u64 found;

static long (*probe_read_kernel)(void *to, unsigned size, const void *from) = (void *)113;

/* All kernels have (file, buf, count, pos). */
SEC("fentry/vfs_read") int same(u64 *ctx) {
  found = ctx[0] + ctx[1] + ctx[2] + ctx[3];
  return 0;
}

/* Linux 5.11 took the queue away, which was the first. */
SEC("tp_btf/block_rq_issue") int second(u64 *ctx) {
  return ((struct request *)ctx[1])->cmd_flags == 7;
}

SEC("tp_btf/block_rq_issue") int first(u64 *ctx) {
  return ((struct request *)ctx[0])->cmd_flags == 7;
}

/* The result is behind the arguments, and Linux 6.19 has one more of them. */
SEC("fexit/filemap_alloc_folio_noprof") int result(u64 *ctx) {
  found = ctx[2];
  return 0;
}

/* Not behind the arguments of a function that gives nothing. */
SEC("fexit/wake_up_new_task") int no_result(u64 *ctx) {
  found = ctx[1];
  return 0;
}

/* An argument of 5.12 and 6.3 in front of the others: `dentry` is the second or the third. */
SEC("kprobe/vfs_unlink") int unaware(u64 *ctx) {
  unsigned flags = 0;
  struct dentry *dentry = (void *)ctx[104 / 8];
  probe_read_kernel(&flags, sizeof(flags), &dentry->d_flags);
  return flags == 7;
}

SEC("kprobe/vfs_unlink") int aware(u64 *ctx) {
  unsigned flags = 0;
  struct dentry *second = (void *)ctx[104 / 8], *third = (void *)ctx[96 / 8];
  struct dentry *dentry = second;
  if (__builtin_preserve_field_info(((struct renamedata *)0)->old_mnt_userns, 2) ||
      __builtin_preserve_field_info(((struct renamedata___new *)0)->new_mnt_idmap, 2))
    dentry = third;
  probe_read_kernel(&flags, sizeof(flags), &dentry->d_flags);
  return flags == 7;
}

/* `struct sockaddr_unsized` since 6.19, which begins alike. */
SEC("kprobe/tcp_v4_connect") int renamed(u64 *ctx) {
  unsigned short family = 0;
  probe_read_kernel(&family, sizeof(family), (void *)ctx[104 / 8]);
  return family == 7;
}

SEC("raw_tp/block_rq_issue") int counted(u64 *ctx) { return ctx[1] == 7; }

char LICENSE[] SEC("license") = "GPL";
