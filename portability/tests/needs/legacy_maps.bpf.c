// Maps of the form before BTF, which libbpf 1.0 no longer takes.
#define SEC(name) __attribute__((section(name), used))

struct bpf_map_def {
	unsigned int type, key_size, value_size, max_entries, map_flags;
};

struct bpf_map_def SEC("maps") unused = {
	.type = 2, .key_size = 4, .value_size = 8, .max_entries = 1,
};

struct bpf_map_def SEC("maps") counts = {
	.type = 2, .key_size = 4, .value_size = 8, .max_entries = 1,
};

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

SEC("raw_tp/sched_switch")
int without_maps(void *ctx)
{
	return 0;
}

SEC("raw_tp/sched_wakeup")
int with_a_map(void *ctx)
{
	int key = 0;

	return bpf_map_lookup_elem(&counts, &key) != 0;
}

char LICENSE[] SEC("license") = "GPL";
