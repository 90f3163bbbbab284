// libbpf OBJECT: loads an object, prints a line for each of its programs and maps, and keeps them
// until its input ends.
//   program NAME ID VERIFIED_INSTRUCTIONS
//   map NAME ID
//   end
//   cc libbpf.c -lbpf
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>

int main(int argc, char **argv)
{
  struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
  struct bpf_program *program;
  struct bpf_map *map;

  if (!object || bpf_object__load(object))
    return 1;
  bpf_object__for_each_program(program, object) {
    struct bpf_prog_info info = {};
    __u32 size = sizeof(info);

    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
      return 1;
    printf("program %s %u %u\n", bpf_program__name(program), info.id, info.verified_insns);
  }
  bpf_object__for_each_map(map, object) {
    struct bpf_map_info info = {};
    __u32 size = sizeof(info);

    if (bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size))
      return 1;
    printf("map %s %u\n", bpf_map__name(map), info.id);
  }
  puts("end");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  bpf_object__close(object);
  return 0;
}
