/* What the programs here need, without a kernel's headers. */
#define SEC(name) __attribute__((section(name), used))
#define noinline __attribute__((noinline))
#define core __attribute__((preserve_access_index))
#define ksym __attribute__((section(".ksyms")))
#define weak __attribute__((weak))
#define map(name, number) struct { int (*type)[number]; int *key; int *value; int (*max_entries)[4]; } name SEC(".maps")

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*probe_read)(void *to, u32 size, const void *from) = (void *)4;
static u64 (*now)(void) = (void *)5;
static u64 (*current)(void) = (void *)35;

char LICENSE[] SEC("license") = "GPL";
