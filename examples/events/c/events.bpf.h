// The other side of ../src, for the programs that are compared with those in Rust.
#pragma once
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

typedef __u64 u64;
typedef __s64 s64;
typedef __u32 u32;
typedef __s32 s32;
typedef __u16 u16;
typedef __u8 u8;
#include <bpf/bpf_core_read.h>
#include "hops.h"

#define COMM_LEN 16

// src/reading.rs
#define NOTHING -1
#define READING(type) struct { s32 outcome; type value; }
#define READING_OF(type, len) struct { s32 outcome; type value[len]; }

// A read straight into the event: the helper clears what it cannot fill.
#define PUT(reading, read, ...) ((reading)->outcome = -read(&(reading)->value, __VA_ARGS__))

// src/ring.rs
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} EVENTS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} LOST SEC(".maps");

static __always_inline void lost(void)
{
	u32 zero = 0;
	u64 *count = bpf_map_lookup_elem(&LOST, &zero);

	if (count)
		++*count;
}

// Room for an event, or null and one more that is lost.
static __always_inline void *reserve(u64 size)
{
	void *event = bpf_ringbuf_reserve(&EVENTS, size, 0);

	if (!event)
		lost();
	return event;
}

char _license[] SEC("license") = "Dual MIT/GPL";
