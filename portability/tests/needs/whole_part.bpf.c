/* A part of an object: another one defines what it refers to. */
#define SEC(name) __attribute__((section(name), used))

extern const volatile _Bool enabled;
extern int defined_elsewhere(int value);

SEC("raw_tp/sched_switch") int program(void *ctx)
{
  return enabled ? defined_elsewhere(1) : 0;
}

char LICENSE[] SEC("license") = "GPL";
