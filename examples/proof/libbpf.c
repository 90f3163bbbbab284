// libbpf OBJECT TARGET.btf: loads an object as for the kernel whose types are in TARGET.btf, and
// prints libbpf's log. Whether the running kernel takes the result does not matter.
//   cc libbpf.c -lbpf
#include <bpf/libbpf.h>
#include <stdio.h>

static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
  return vprintf(format, arguments);
}

int main(int argc, char **argv)
{
  LIBBPF_OPTS(bpf_object_open_opts, options);
  struct bpf_object *object;

  libbpf_set_print(print);
  options.btf_custom_path = argv[2];
  object = bpf_object__open_file(argv[1], &options);
  if (!object)
    return 1;
  bpf_object__load(object);
  bpf_object__close(object);
  return 0;
}
