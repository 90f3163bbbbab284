/* Stands in for the header of the same name where a project brings none. A path is read at once
 * here, not hop by hop: it is looked at, and never runs. */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include "bpf_helpers.h"

enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET,
	BPF_FIELD_BYTE_SIZE,
	BPF_FIELD_EXISTS,
	BPF_FIELD_SIGNED,
	BPF_FIELD_LSHIFT_U64,
	BPF_FIELD_RSHIFT_U64,
};

#define corelint_pick(_1, _2, _3, _4, _5, _6, _7, _8, _9, name, ...) name
#define corelint_1(s, a) ((typeof(s))(s))->a
#define corelint_2(s, a, b) ((typeof(s))(s))->a->b
#define corelint_3(s, a, b, c) ((typeof(s))(s))->a->b->c
#define corelint_4(s, a, b, c, d) ((typeof(s))(s))->a->b->c->d
#define corelint_5(s, a, b, c, d, e) ((typeof(s))(s))->a->b->c->d->e
#define corelint_6(s, a, b, c, d, e, f) ((typeof(s))(s))->a->b->c->d->e->f
#define corelint_7(s, a, b, c, d, e, f, g) ((typeof(s))(s))->a->b->c->d->e->f->g
#define corelint_8(s, a, b, c, d, e, f, g, h) ((typeof(s))(s))->a->b->c->d->e->f->g->h
#define corelint_9(s, a, b, c, d, e, f, g, h, i) ((typeof(s))(s))->a->b->c->d->e->f->g->h->i
#define corelint_path(s, ...) \
	corelint_pick(__VA_ARGS__, corelint_9, corelint_8, corelint_7, corelint_6, corelint_5, \
		      corelint_4, corelint_3, corelint_2, corelint_1)(s, __VA_ARGS__)
#define corelint_read(fn, dst, src, ...) \
	fn(dst, sizeof(*(dst)), &corelint_path(src, __VA_ARGS__))

#define bpf_core_read(dst, size, src) \
	bpf_probe_read_kernel(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_str(dst, size, src) \
	bpf_probe_read_kernel_str(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user(dst, size, src) \
	bpf_probe_read_user(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user_str(dst, size, src) \
	bpf_probe_read_user_str(dst, size, (const void *)__builtin_preserve_access_index(src))

#define BPF_CORE_READ_INTO(dst, src, ...) ({ corelint_read(bpf_core_read, dst, src, __VA_ARGS__); })
#define BPF_CORE_READ_USER_INTO(dst, src, ...) \
	({ corelint_read(bpf_core_read_user, dst, src, __VA_ARGS__); })
#define BPF_PROBE_READ_INTO(dst, src, ...) ({ corelint_read(bpf_probe_read, dst, src, __VA_ARGS__); })
#define BPF_PROBE_READ_USER_INTO(dst, src, ...) \
	({ corelint_read(bpf_probe_read_user, dst, src, __VA_ARGS__); })
#define BPF_CORE_READ_STR_INTO(dst, src, ...) \
	({ corelint_read(bpf_core_read_str, dst, src, __VA_ARGS__); })
#define BPF_CORE_READ_USER_STR_INTO(dst, src, ...) \
	({ corelint_read(bpf_core_read_user_str, dst, src, __VA_ARGS__); })
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, ...) \
	({ corelint_read(bpf_probe_read_user_str, dst, src, __VA_ARGS__); })
#define BPF_PROBE_READ_STR_INTO(dst, src, ...) \
	({ corelint_read(bpf_probe_read_str, dst, src, __VA_ARGS__); })

#define BPF_CORE_READ(src, ...) ({ \
	typeof(corelint_path(src, __VA_ARGS__)) __r; \
	BPF_CORE_READ_INTO(&__r, src, __VA_ARGS__); __r; })
#define BPF_CORE_READ_USER(src, ...) ({ \
	typeof(corelint_path(src, __VA_ARGS__)) __r; \
	BPF_CORE_READ_USER_INTO(&__r, src, __VA_ARGS__); __r; })
#define BPF_PROBE_READ(src, ...) ({ \
	typeof(corelint_path(src, __VA_ARGS__)) __r; \
	BPF_PROBE_READ_INTO(&__r, src, __VA_ARGS__); __r; })
#define BPF_PROBE_READ_USER(src, ...) ({ \
	typeof(corelint_path(src, __VA_ARGS__)) __r; \
	BPF_PROBE_READ_USER_INTO(&__r, src, __VA_ARGS__); __r; })

#define __CORE_RELO(s, field, info) __builtin_preserve_field_info((s)->field, BPF_FIELD_##info)
#define BPF_CORE_READ_BITFIELD(s, field) \
	({ (unsigned long long)__builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_OFFSET); })
#define BPF_CORE_READ_BITFIELD_PROBED(s, field) BPF_CORE_READ_BITFIELD(s, field)

#define corelint_field_1(field) field
#define corelint_field_2(type, field) ((typeof(type) *)0)->field
#define corelint_field(...) corelint_field_pick(__VA_ARGS__, corelint_field_2, corelint_field_1)(__VA_ARGS__)
#define corelint_field_pick(_1, _2, name, ...) name
#define bpf_core_field_exists(...) \
	__builtin_preserve_field_info(corelint_field(__VA_ARGS__), BPF_FIELD_EXISTS)
#define bpf_core_field_size(...) \
	__builtin_preserve_field_info(corelint_field(__VA_ARGS__), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(...) \
	__builtin_preserve_field_info(corelint_field(__VA_ARGS__), BPF_FIELD_BYTE_OFFSET)
#define bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))

/* Names of the header's own that projects build macros on. */
#define corelint_0(s) s
#define corelint_pick_10(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, name, ...) name
#define ___arrow(...) \
	corelint_pick_10(__VA_ARGS__, corelint_9, corelint_8, corelint_7, corelint_6, corelint_5, \
			 corelint_4, corelint_3, corelint_2, corelint_1, corelint_0)(__VA_ARGS__)
#define ___type(...) typeof(___arrow(__VA_ARGS__))
#define ___concat(a, b) a ## b
#define ___apply(fn, n) ___concat(fn, n)
#define ___nth(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, N, ...) N
#define ___narg(...) ___nth(_, ##__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

void *bpf_rdonly_cast(const void *obj, unsigned int btf_id) __attribute__((section(".ksyms"), weak));
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, 0)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, 1)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*(typeof(type) *)0, 2)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, 1)
#define bpf_core_type_id_local(type) __builtin_btf_type_id(*(typeof(type) *)0, 0)
#define bpf_core_enum_value_exists(type, value) \
	__builtin_preserve_enum_value(*(typeof(type) *)value, 0)
#define bpf_core_enum_value(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, 1)

#endif
