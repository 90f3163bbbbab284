/* Stands in for the header of the same name where libbpf is not installed: enough to understand a
 * program, not to compile one. */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))
#define barrier_var(var) asm volatile("" : "+r"(var))
#ifndef NULL
#define NULL ((void *)0)
#endif
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#undef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#undef container_of
#define container_of(ptr, type, member) ((type *)((void *)(ptr) - offsetof(type, member)))
#define bpf_printk(...) bpf_trace_printk(__VA_ARGS__, 0)

enum libbpf_pin_type { LIBBPF_PIN_NONE, LIBBPF_PIN_BY_NAME };

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, unsigned long long flags);
long bpf_map_delete_elem(void *map, const void *key);
long bpf_map_push_elem(void *map, const void *value, unsigned long long flags);
long bpf_probe_read(void *dst, unsigned int size, const void *src);
long bpf_probe_read_str(void *dst, unsigned int size, const void *src);
long bpf_probe_read_user(void *dst, unsigned int size, const void *src);
long bpf_probe_read_user_str(void *dst, unsigned int size, const void *src);
long bpf_probe_read_kernel(void *dst, unsigned int size, const void *src);
long bpf_probe_read_kernel_str(void *dst, unsigned int size, const void *src);
unsigned long long bpf_ktime_get_ns(void);
unsigned long long bpf_ktime_get_boot_ns(void);
long bpf_trace_printk(const char *format, ...);
unsigned int bpf_get_prandom_u32(void);
unsigned int bpf_get_smp_processor_id(void);
unsigned long long bpf_get_current_pid_tgid(void);
unsigned long long bpf_get_current_uid_gid(void);
unsigned long long bpf_get_current_cgroup_id(void);
long bpf_get_current_comm(void *buf, unsigned int size);
unsigned long long bpf_get_current_task(void);
struct task_struct *bpf_get_current_task_btf(void);
long bpf_perf_event_output(void *ctx, void *map, unsigned long long flags, void *data,
			   unsigned long long size);
long bpf_get_stackid(void *ctx, void *map, unsigned long long flags);
long bpf_get_stack(void *ctx, void *buf, unsigned int size, unsigned long long flags);
long bpf_ringbuf_output(void *ringbuf, void *data, unsigned long long size,
			unsigned long long flags);
void *bpf_ringbuf_reserve(void *ringbuf, unsigned long long size, unsigned long long flags);
void bpf_ringbuf_submit(void *data, unsigned long long flags);
void bpf_ringbuf_discard(void *data, unsigned long long flags);
long bpf_skb_load_bytes(const void *skb, unsigned int offset, void *to, unsigned int len);
unsigned long long bpf_get_func_ip(void *ctx);
long bpf_d_path(void *path, char *buf, unsigned int size);
long bpf_loop(unsigned int count, void *function, void *ctx, unsigned long long flags);
long bpf_send_signal(unsigned int signal);

#endif
