// A comment in another encoding does not make the object damaged.
#include "bpf.h"

SEC("kprobe/x") int place(void *ctx) {
  char *task = (char *)bpf_get_current_task();
  int tgid = 0;
  bpf_probe_read_kernel(&tgid, 4, task + 2340); /* numéro */
  return tgid;
}
