/* Maps whose keys or values have a size that their types cannot have, and maps that are well. */
#define SEC(name) __attribute__((section(name), used))

struct {
  int (*type)[4]; /* perf_event_array */
} without_sizes SEC(".maps");

struct {
  int (*type)[4];
  int (*key_size)[4];
} without_values SEC(".maps");

struct {
  int (*type)[4];
  int (*key_size)[4];
  int (*value_size)[4];
} events SEC(".maps");

struct {
  int (*type)[4];
  int *key;
  unsigned *value;
} typed_events SEC(".maps");

struct {
  int (*type)[2]; /* array */
  long *key;
  int *value;
  int (*max_entries)[1];
} wide_keys SEC(".maps");

struct {
  int (*type)[1]; /* hash */
  int *value;
  int (*max_entries)[1];
} without_keys SEC(".maps");

struct {
  int (*type)[7]; /* stack_trace: its loader gives it the size of its values */
  int (*key_size)[4];
  int (*max_entries)[1];
} stacks SEC(".maps");

struct {
  int (*type)[3]; /* prog_array */
  int *key;
  int (*max_entries)[1];
  int (*values[])(void *);
} programs SEC(".maps");

struct {
  int (*type)[27]; /* ringbuf */
  int (*max_entries)[4096];
} ring SEC(".maps");

struct {
  int (*type)[22]; /* queue */
  int *value;
  int (*max_entries)[1];
} queue SEC(".maps");

struct {
  int (*type)[27]; /* ringbuf */
  int *value;
  int (*max_entries)[4096];
} ring_of_values SEC(".maps");

struct {
  int (*type)[22]; /* queue */
  int *key;
  int *value;
  int (*max_entries)[1];
} queue_with_keys SEC(".maps");

SEC("raw_tp/sched_switch") int program(void *ctx) { return 0; }

char LICENSE[] SEC("license") = "GPL";
