// relocate OBJECT VMLINUX.btf [MODULE.btf ...]: what libbpf makes of the programs of OBJECT on a kernel
// with these types. Prints libbpf's version, then a line `NAME INSTRUCTIONS` for each program, or
// `refused ERRNO`; libbpf's log goes to stderr.
//
// The functions by which libbpf reaches the kernel are defined here: `syscall`, which takes every
// program, and those that open files, which have a /sys/kernel/btf/vmlinux of their own. So all of
// libbpf runs, from the ELF file to the load of the programs, without a kernel and without root.
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *vmlinux;
static char **modules;
static unsigned int module_count;

static const char *here(const char *path)
{
  return strcmp(path, "/sys/kernel/btf/vmlinux") ? path : vmlinux;
}

int access(const char *path, int mode)
{
  return euidaccess(here(path), mode);
}

int faccessat(int folder, const char *path, int mode, int flags)
{
  return euidaccess(here(path), mode);
}

int open(const char *path, int flags, ...)
{
  int mode = 0;
  va_list arguments;

  if (flags & O_CREAT) {
    va_start(arguments, flags);
    mode = va_arg(arguments, int);
    va_end(arguments);
  }
  return openat(AT_FDCWD, here(path), flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

FILE *fopen(const char *path, const char *mode)
{
  int file = open(path, O_RDONLY | O_CLOEXEC);

  return file < 0 ? NULL : fdopen(file, "r");
}

FILE *fopen64(const char *path, const char *mode) __attribute__((alias("fopen")));

// BTF that the kernel has: an open file. That of the object itself, once loaded, is empty.
static int btf_info(int file, struct bpf_btf_info *info)
{
  struct stat status;
  ssize_t length = 0;

  if (fstat(file, &status))
    return -1;
  if (info->btf)
    length = pread(file, (void *)(unsigned long)info->btf, info->btf_size, 0);
  if (info->name)
    strncpy((char *)(unsigned long)info->name, "module", info->name_len);
  info->btf_size = status.st_size;
  info->name_len = strlen("module");
  info->kernel_btf = 1;
  return length < 0 ? -1 : 0;
}

// What a program, a map or BTF of the object is once it is loaded. A map may be mapped.
static int nothing(void)
{
  return open("/dev/zero", O_RDWR | O_CLOEXEC);
}

static long bpf(int command, union bpf_attr *attr)
{
  switch (command) {
  case BPF_MAP_CREATE:
  case BPF_PROG_LOAD:
  case BPF_BTF_LOAD:
    return nothing();
  case BPF_MAP_UPDATE_ELEM:
  case BPF_MAP_FREEZE:
    return 0;
  case BPF_OBJ_GET_INFO_BY_FD:
    return btf_info(attr->info.bpf_fd, (void *)(unsigned long)attr->info.info);
  case BPF_BTF_GET_NEXT_ID:
    attr->next_id = attr->start_id + 1;
    errno = ENOENT;
    return attr->next_id <= module_count ? 0 : -1;
  case BPF_BTF_GET_FD_BY_ID:
    return open(modules[attr->btf_id - 1], O_RDONLY | O_CLOEXEC);
  default:
    errno = EINVAL;
    return -1;
  }
}

long syscall(long number, ...)
{
  int command;
  union bpf_attr *attr;
  va_list arguments;

  if (number != __NR_bpf)
    return nothing();
  va_start(arguments, number);
  command = va_arg(arguments, int);
  attr = va_arg(arguments, union bpf_attr *);
  va_end(arguments);
  return bpf(command, attr);
}

static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
  return vfprintf(stderr, format, arguments);
}

// What a program is attached to need not be in VMLINUX.btf.
static void attach_nothing(void)
{
  static const char *const sections[] = { "tp_btf+", "fentry+", "fexit+", "fmod_ret+", "lsm+", "iter+" };

  for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
    libbpf_register_prog_handler(sections[i], BPF_PROG_TYPE_SOCKET_FILTER, 0, NULL);
}

int main(int argc, char **argv)
{
  struct bpf_object *object;
  struct bpf_program *program;

  if (argc < 3)
    return 2;
  vmlinux = argv[2];
  modules = argv + 3;
  module_count = argc - 3;
  libbpf_set_print(print);
  attach_nothing();
  printf("%s\n", libbpf_version_string());
  object = bpf_object__open_file(argv[1], NULL);
  if (!object || bpf_object__load(object)) {
    printf("refused %d\n", errno);
    return 0;
  }
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
