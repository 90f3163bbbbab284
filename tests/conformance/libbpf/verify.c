/* Loads each program of an object alone into the running kernel, and prints for each: its name, `ok` or
 * `refused`, and whether the verifier came to an instruction that libbpf had no answer for. */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char log_text[4 << 20];

static int silent(enum libbpf_print_level level, const char *format, va_list args) { return 0; }

/* Of the program with this number. Returns whether there is one. */
static int load(const char *path, int number) {
  struct bpf_object *object = bpf_object__open_file(path, NULL);
  if (!object)
    exit(1);
  struct bpf_program *program, *found = NULL;
  int at = 0;
  bpf_object__for_each_program(program, object) {
    bpf_program__set_autoload(program, at == number);
    if (at++ == number)
      found = program;
  }
  if (found) {
    log_text[0] = 0;
    bpf_program__set_log_buf(found, log_text, sizeof log_text);
    int error = bpf_object__load(object);
    int reached = strstr(log_text, "<invalid CO-RE relocation>") || strstr(log_text, "unknown#195896080");
    printf("%s %s %s\n", bpf_program__name(found), error ? "refused" : "ok", error && reached ? "reached" : "-");
  }
  bpf_object__close(object);
  return found != NULL;
}

int main(int count, char **words) {
  libbpf_set_print(silent);
  for (int number = 0; count == 2 && load(words[1], number); number++)
    ;
  return 0;
}
