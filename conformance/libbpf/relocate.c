// relocate OBJECT TARGET.btf: what libbpf makes of the programs of OBJECT for the kernel whose types
// are in TARGET.btf. Prints libbpf's version, then a line `NAME INSTRUCTIONS` for each program, or
// `refused ERRNO`; libbpf's log goes to stderr.
//
// libbpf reaches the kernel by `syscall`, which is defined here and takes everything. So all of
// libbpf runs, from the ELF file to the load of the programs, without a kernel and without root.
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

long syscall(long number, ...)
{
  long command;
  va_list arguments;

  va_start(arguments, number);
  command = va_arg(arguments, long);
  va_end(arguments);
  if (number != __NR_bpf || command == BPF_MAP_CREATE || command == BPF_PROG_LOAD ||
      command == BPF_BTF_LOAD)
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
  errno = EINVAL;
  return -1;
}

static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
  return vfprintf(stderr, format, arguments);
}

static int refused(void)
{
  printf("refused %d\n", errno);
  return 0;
}

int main(int argc, char **argv)
{
  LIBBPF_OPTS(bpf_object_open_opts, options);
  struct bpf_object *object;
  struct bpf_program *program;

  if (argc != 3)
    return 2;
  libbpf_set_print(print);
  printf("%s\n", libbpf_version_string());
  options.btf_custom_path = argv[2];
  object = bpf_object__open_file(argv[1], &options);
  if (!object || bpf_object__load(object))
    return refused();
  bpf_object__for_each_program(program, object) {
    const unsigned char *bytes = (const void *)bpf_program__insns(program);
    size_t size = bpf_program__insn_cnt(program) * sizeof(struct bpf_insn);

    printf("%s ", bpf_program__name(program));
    for (size_t i = 0; i < size; i++)
      printf("%02x", bytes[i]);
    printf("\n");
  }
  return 0;
}
