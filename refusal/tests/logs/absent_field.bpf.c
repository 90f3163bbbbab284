#include "bpf.h"
struct timespec64 { long tv_sec, tv_nsec; } core;
struct inode { unsigned long i_ino; struct timespec64 i_atime; } core;

SEC("raw_tp/sys_enter") int reads(struct inode **ctx)
{
  long seconds = 0;
  unsigned long ino = 0;
  probe_read(&ino, sizeof(ino), &ctx[0]->i_ino);
  probe_read(&seconds, sizeof(seconds), &ctx[0]->i_atime.tv_sec);
  return seconds > ino;
}
