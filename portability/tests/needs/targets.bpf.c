/* Programs on functions that a kernel has and keeps from some programs, on many functions at once, and on
 * another program. */
#define SEC(name) __attribute__((section(name), used))
#define PROGRAM(name, section)                                                                     \
  SEC(section) int name(void *ctx) { return 0; }

typedef unsigned long long u64;

PROGRAM(modifies_hook, "fmod_ret/security_file_open")
PROGRAM(modifies_any, "fmod_ret/vfs_read")
PROGRAM(modifies_protocol, "fmod_ret/update_socket_protocol")
PROGRAM(modifies_call, "fmod_ret/__x64_sys_getpgid")
PROGRAM(sleeps_in_call, "fentry.s/__x64_sys_getpgid")
PROGRAM(sleeps_anywhere, "fexit.s/vfs_read")
PROGRAM(sleeps_in_hook, "fmod_ret.s/security_file_open")
PROGRAM(wakes_anywhere, "fentry/vfs_read")
PROGRAM(denied, "fentry/migrate_enable")
PROGRAM(ends_never, "fexit/do_exit")
PROGRAM(starts_once, "fentry/do_exit")
PROGRAM(replaces, "freplace/main")
PROGRAM(all_of_a_kind, "kprobe.multi/vfs_*")
PROGRAM(one_of_a_kind, "kretprobe.multi/vfs_read")
PROGRAM(none_of_a_kind, "kprobe.multi/no_such_*_at_all")
PROGRAM(gone_of_a_kind, "kprobe.multi/do_unlin?at")
PROGRAM(in_session, "kprobe.session/vfs_read")
PROGRAM(of_process, "uprobe.multi//bin/sh:m*")
PROGRAM(by_usdt, "usdt/libc.so.6:libc:setjmp")
PROGRAM(on_ingress, "tc/ingress")
PROGRAM(on_tcx, "tcx/ingress")
PROGRAM(on_netkit, "netkit/primary")
PROGRAM(chooses_socket, "sk_reuseport")

/* (meta, task). */
SEC("iter/task") int iterates(u64 *ctx) { return ctx[1] == 7; }
SEC("iter/task") int iterates_past(u64 *ctx) { return ctx[2] == 7; }

char LICENSE[] SEC("license") = "GPL";
