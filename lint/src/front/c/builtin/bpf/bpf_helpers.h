/* Stands in for the header of the same name where a project brings none: enough to understand a program,
 * not to compile one. */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __ulong(name, val) enum { ___bpf_concat(__unique_value, __COUNTER__) = val } name
#define ___bpf_concat(a, b) ___bpf_joined(a, b)
#define ___bpf_joined(a, b) a##b
#define ___bpf_apply(fn, n) ___bpf_concat(fn, n)
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _a, _b, _c, N, ...) N
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ___bpf_fill(arr, ...) corelint_printf((void *)(arr), "" __VA_OPT__(,) __VA_ARGS__)
#define __array(name, val) typeof(val) *name[]
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#define __hidden __attribute__((visibility("hidden")))
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr __attribute__((btf_type_tag("uptr")))
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute((btf_decl_tag("arg:arena")))
#define __bpf_unreachable() __builtin_trap()
#define barrier() asm volatile("" ::: "memory")
#define barrier_var(var) asm volatile("" : "+r"(var))
#define bpf_ksym_exists(sym) ({ !!(void *)sym; })
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#ifndef NULL
#define NULL ((void *)0)
#endif
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#undef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#undef container_of
#define container_of(ptr, type, member) ((type *)((void *)(ptr) - offsetof(type, member)))
#define bpf_printk(...) bpf_trace_printk(__VA_ARGS__, 0)
#define __bpf_printk(...) bpf_printk(__VA_ARGS__)

#define bpf_stream_printk(stream, ...) bpf_trace_printk(__VA_ARGS__, 0)
#define BPF_SEQ_PRINTF(seq, ...) corelint_printf(seq, __VA_ARGS__)
#define BPF_SNPRINTF(out, size, ...) corelint_printf(out, __VA_ARGS__)
long corelint_printf(void *to, const char *format, ...);

enum libbpf_pin_type { LIBBPF_PIN_NONE, LIBBPF_PIN_BY_NAME };
enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };

#define bpf_for_each(type, cur, args...) \
	for (struct bpf_iter_##type ___it, *___once = ({ bpf_iter_##type##_new(&___it, ##args); &___it; }); \
	     ___once && ((cur) = bpf_iter_##type##_next(&___it));)
#define bpf_for(i, start, end) for ((i) = (start); (i) < (end); (i)++)
#define bpf_repeat(count) for (int ___n = 0; ___n < (count); ___n++)
#define bpf_tail_call_static(ctx, map, slot) bpf_tail_call((void *)(ctx), map, slot)

#include "bpf_helper_defs.h"

#endif
