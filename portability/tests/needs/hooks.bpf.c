/* Programs on hooks that some kernels lack, and on hooks that all have. */
#define SEC(name) __attribute__((section(name), used))
#define PROGRAM(name, section)                                                                     \
  SEC(section) int name(void *ctx) { return 0; }

PROGRAM(entry_always, "fentry/vfs_read")
PROGRAM(entry_gone, "fentry/do_unlinkat")
PROGRAM(exit_new, "fexit/folio_mark_accessed")
PROGRAM(entry_placeholder, "fentry/dummy_function_of_a_tool")
PROGRAM(typed_always, "tp_btf/sched_switch")
PROGRAM(typed_new, "tp_btf/block_io_start")
PROGRAM(raw_new, "raw_tp/block_io_start")
PROGRAM(event_new, "tracepoint/block/block_io_start")
PROGRAM(event_always, "tp/sched/sched_switch")
PROGRAM(call_always, "tp/syscalls/sys_enter_openat")
PROGRAM(call_new, "tp/syscalls/sys_exit_futex_waitv")
PROGRAM(ksyscall_new, "ksyscall/futex_waitv")
PROGRAM(hook_always, "lsm/file_open")
PROGRAM(hook_new, "lsm/bdev_setintegrity")
PROGRAM(hook_awake, "lsm.s/bdev_setintegrity")
PROGRAM(hook_asleep, "lsm.s/file_open")
PROGRAM(iterator_always, "iter/task")
PROGRAM(iterator_new, "iter/ksym")
PROGRAM(probe_always, "kprobe/vfs_read")
PROGRAM(probe_gone, "kprobe/do_unlinkat")
PROGRAM(without_address, "fentry/blk_account_io_done")
PROGRAM(hook_disabled, "lsm/inode_getsecurity")
PROGRAM(unnamed, "kprobe")
PROGRAM(of_process, "uprobe//bin/sh:main")

/* The loader says to which function it goes. */
SEC("fentry") int left_to_the_loader(void *ctx) { return 0; }

char LICENSE[] SEC("license") = "GPL";
