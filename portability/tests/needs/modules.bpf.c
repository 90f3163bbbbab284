/* Programs that need a function or a type of a module. */
#define SEC(name) __attribute__((section(name), used))

struct mddev {
  int raid_disks;
} __attribute__((preserve_access_index));
static long (*const bpf_probe_read_kernel)(void *to, unsigned size, const void *from) = (void *)113;

SEC("fentry/md_flush_request") int entry(void *ctx) { return 0; }

SEC("kprobe/md_flush_request") int probe(void *ctx) { return 0; }

SEC("raw_tp/sched_switch") int reads(unsigned long long *ctx) {
  struct mddev *device = (void *)ctx[1];
  int disks = 0;
  bpf_probe_read_kernel(&disks, sizeof(disks), &device->raid_disks);
  return disks;
}

char LICENSE[] SEC("license") = "GPL";
