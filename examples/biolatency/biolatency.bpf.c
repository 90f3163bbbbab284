// ebpf/src/main.rs in C, to compare the number of instructions.
#include "events.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct gendisk { int major; int first_minor; };
struct request_queue { struct gendisk *disk; };
struct request { struct gendisk *rq_disk; struct request_queue *q; };
#pragma clang attribute pop

struct disk { u32 major; u32 minor; };
struct bucket {
	READING(struct disk) disk;
	u32 bits;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, struct request *);
	__type(value, u64);
} ISSUED SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct bucket);
	__type(value, u64);
} LATENCIES SEC(".maps");

static __always_inline long read_disk(struct disk *dst, struct request *request)
{
	struct gendisk *disk;
	long error;

	if (bpf_core_field_exists(request->rq_disk))
		error = READ1(&disk, request, rq_disk);
	else
		error = READ2(&disk, request, q, disk);
	if (error)
		return error;
	if (!disk)
		return -NOTHING;
	error = READ1(&dst->major, disk, major);
	return error ?: READ1(&dst->minor, disk, first_minor);
}

static __always_inline int issued(struct request *request)
{
	u64 now = bpf_ktime_get_ns();

	if (bpf_map_update_elem(&ISSUED, &request, &now, 0))
		lost();
	return 0;
}

SEC("raw_tp/block_rq_issue") int issue(u64 *ctx)
{
	return issued((void *)ctx[0]);
}

SEC("raw_tp/block_rq_issue") int issue_from_queue(u64 *ctx)
{
	return issued((void *)ctx[1]);
}

// Bits of a number, as `__builtin_clzll` is none that BPF has.
static __always_inline u32 bits(u64 number)
{
	u32 count = 0;

#pragma unroll
	for (int step = 32; step; step >>= 1) {
		if (number >> step) {
			number >>= step;
			count += step;
		}
	}
	return count + !!number;
}

SEC("raw_tp/block_rq_complete") int complete(u64 *ctx)
{
	struct request *request = (void *)ctx[0];
	u64 *found = bpf_map_lookup_elem(&ISSUED, &request), *count, since, now, nothing = 0;
	struct bucket bucket = {};

	if (!found)
		return 0;
	since = *found;
	if (bpf_map_delete_elem(&ISSUED, &request))
		return 0;
	now = bpf_ktime_get_ns();
	PUT(&bucket.disk, read_disk, request);
	if (bucket.disk.outcome)
		bucket.disk.value = (struct disk){};
	bucket.bits = bits(now > since ? (now - since) / 1000 : 0);
	bpf_map_update_elem(&LATENCIES, &bucket, &nothing, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&LATENCIES, &bucket);
	if (count)
		++*count;
	else
		lost();
	return 0;
}
