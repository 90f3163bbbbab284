//! How C is read: which headers a file gets, and what is said of a file that is understood in part.

#[path = "../libclang/mod.rs"]
mod libclang;
#[path = "../project/mod.rs"]
mod project;
mod whole;

use project::Project;

/// A small `vmlinux.h` that has a type of its own.
const VMLINUX: &str = "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\
    typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32;\n\
    typedef unsigned long long __u64; typedef int __s32; typedef long long __s64; typedef _Bool bool;\n\
    enum { ONLY_HERE = 3 };\nstruct pt_regs { unsigned long di; };\n#endif\n";

const OTHER: &str = "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n#endif\n";

fn program(includes: &str, body: &str) -> String {
    format!(
        "{includes}\n#include <bpf/bpf_helpers.h>\nSEC(\"tc\")\nint probe(void *ctx)\n{{\n\treturn {body};\n}}\n"
    )
}

/// What stderr says of a project without `Cargo.toml`.
fn told(name: &str, files: &[(&str, &str)], words: &[&str]) -> Option<String> {
    libclang::reads_c("headers of C").then(|| {
        let git = [(".git/HEAD", "")];
        let project = Project::new(name, &[&git, files].concat());
        let all = [&["--no-cache", "."], words].concat();
        let ran = project.run(&all);
        assert_eq!(ran.code, 0, "{}", ran.err);
        // What is made is made elsewhere.
        for (path, text) in files {
            assert_eq!(project.read(path), *text, "{path}");
        }
        ran.err
    })
}

#[test]
fn the_live_branch_has_the_header() {
    let live = program(
        "#ifdef LSP\n#include \"../nowhere/vmlinux.h\"\n#else\n#include \"vmlinux.h\"\n#endif",
        "ONLY_HERE",
    );
    let nested = program(
        "#if defined(A) && !defined(__bpf__)\n#include \"../nowhere/vmlinux.h\"\n#elif 1\n#include \"vmlinux.h\"\n#endif",
        "ONLY_HERE",
    );
    let files = [
        ("src/vmlinux.h", VMLINUX),
        ("src/a.bpf.c", &live),
        ("src/b.bpf.c", &nested),
    ];
    let Some(told) = told("live", &files, &[]) else {
        return;
    };
    assert!(told.contains("2 C files read\n"), "{told}");
}

#[test]
fn a_header_is_of_the_architecture() {
    let text = program("#include \"vmlinux.h\"", "ONLY_HERE");
    let files = [
        ("include/amd64/vmlinux.h", VMLINUX),
        ("include/arm64/vmlinux.h", OTHER),
        ("probe.bpf.c", &text),
    ];
    // Short headers are for the folders that they are in.
    let words = ["--", "-Iinclude/amd64"];
    let Some(told) = told("architecture", &files, &words) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_missing_header_stands_in() {
    let unused = program(
        "#include \"vmlinux.h\"\n#include \"driver_config.h\"",
        "ONLY_HERE",
    );
    let used = program(
        "#include \"vmlinux.h\"\n#include \"driver_config.h\"",
        "LIMIT + ONLY_HERE",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        ("a.bpf.c", &unused),
        ("b.bpf.c", &used),
    ];
    let Some(told) = told("stands-in", &files, &["-v"]) else {
        return;
    };
    let line = "2 C files read, 1 in part: `driver_config.h` is missing\n";
    assert!(told.contains(line), "{told}");
    let place = "b.bpf.c:7: note: understood in part: use of undeclared identifier 'LIMIT'";
    assert!(told.contains(place), "{told}");
}

#[test]
fn a_header_is_made_of_its_template() {
    let text = program(
        "#include \"vmlinux.h\"\n#include \"made.h\"",
        "LIMIT + ONLY_HERE",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        ("made.h.in", "#define LIMIT @LIMIT@\n#cmakedefine HAS_IT\n"),
        ("a.bpf.c", &text),
    ];
    let Some(told) = told("template", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_template_finds_what_is_beside_it() {
    let text = program(
        "#include \"vmlinux.h\"\n#include <driver/made.h>",
        "LIMIT + ONLY_HERE",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        (
            "driver/made.h.in",
            "#include \"limit.h\"\n#define NAME @NAME@\n",
        ),
        ("driver/limit.h", "#define LIMIT 3\n"),
        ("a.bpf.c", &text),
    ];
    let Some(told) = told("beside-template", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_program_may_ask_for_the_machine() {
    let text = program(
        "#include \"vmlinux.h\"\n#if defined(__x86_64)\n#define REGISTERS 21\n\
         #elif defined(__aarch64__)\n#define REGISTERS 31\n#else\n#error \"unsupported\"\n#endif",
        "REGISTERS + ONLY_HERE",
    );
    let files = [("vmlinux.h", VMLINUX), ("a.bpf.c", &text)];
    let Some(told) = told("machine", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_header_may_have_the_programs() {
    let header = program("#include \"common.h\"", "ONLY_HERE + VERSION");
    let files = [
        ("vmlinux.h", VMLINUX),
        ("kern/common.h", "#include \"../vmlinux.h\"\n"),
        ("kern/tls.h", &header),
        (
            "kern/tls_1_kern.c",
            "#define VERSION 1\n#include \"tls.h\"\n",
        ),
        (
            "kern/tls_2_kern.c",
            "#define VERSION 2\n#include \"tls.h\"\n",
        ),
        (
            "user/main.c",
            "#include \"common.h\"\nint main(void) { return 0; }\n",
        ),
        ("user/common.h", "#define SEC(name) name\n"),
    ];
    let Some(told) = told("in-header", &files, &[]) else {
        return;
    };
    assert!(told.contains("2 C files read\n"), "{told}");
}

#[test]
fn build_files_define_names() {
    let text = program(
        "#include \"vmlinux.h\"\n#include <limit.h>\n#ifndef EVENTS\n#error \"no events\"\n#endif",
        "LIMIT + EVENTS",
    );
    let makefile = "EVENTS := 4\nFLAGS = -g -O2 -DEVENTS=$(EVENTS) -D__ARCH_$(ARCH) -Iinclude\n\
        %.bpf.o: %.bpf.c\n\t$(CLANG) $(FLAGS) -target bpf -c $< -o $@\n";
    let cmake = "add_custom_command(OUTPUT a.o COMMAND clang -g -target bpf -DEVENTS=4\n\
        -I${CMAKE_CURRENT_SOURCE_DIR}/include -c ${CMAKE_CURRENT_SOURCE_DIR}/src/a.bpf.c -o a.o)\n";
    let meson = "custom_target('a', command: [clang, '-g', '-target', 'bpf', '-DEVENTS=4', '-c', '@INPUT@'])\n";
    let go = "package a\n\n//go:generate go run github.com/cilium/ebpf/cmd/bpf2go \
        -target amd64 a ./src/a.bpf.c -- -DEVENTS=4 -I./include\n";
    let script = "fn main() {\n    SkeletonBuilder::new().source(\"src/a.bpf.c\")\n        \
        .clang_args([\"-DEVENTS=4\", \"-I\", \"include\"]).build();\n}\n";
    // The recipe is elsewhere, and the flags are put together in two places.
    let variables = "include Makefile.defs\nBPF_FLAGS += -DEVENTS=4\n";
    let parts = "set(FLAGS \"\")\nlist(APPEND FLAGS -g -target bpf\n\t-DEVENTS=4 # so many\n\
        -D__ARCH_${ARCH}__ -I${CMAKE_CURRENT_SOURCE_DIR}/include)\n";
    for (name, build) in [
        ("Makefile", makefile),
        ("GNUmakefile", variables),
        ("src/CMakeLists.txt", parts),
        ("CMakeLists.txt", cmake),
        ("meson.build", meson),
        ("gen.go", go),
        ("build.rs", script),
    ] {
        let files = [
            ("vmlinux.h", VMLINUX),
            ("include/limit.h", "#define LIMIT 3\n"),
            ("src/a.bpf.c", &text),
            ("Makefile.defs", "BPF_FLAGS = -g -target bpf\n"),
            (name, build),
        ];
        let folder = format!("defines-{}-{}", name.replace('/', "-"), build.len());
        let Some(told) = told(&folder, &files, &[]) else {
            return;
        };
        assert!(told.contains("1 C file read\n"), "{name}: {told}");
    }
}

#[test]
fn a_name_that_builds_define_differently_is_defined() {
    let text = program("#include \"vmlinux.h\"", "EVENTS");
    let go = "package a\n\n\
        //go:generate bpf2go -target bpf a ./src/a.bpf.c -- -DEVENTS=1 -DMORE\n\
        //go:generate bpf2go -target bpf b ./src/a.bpf.c -- -DEVENTS=0\n";
    let files = [
        ("vmlinux.h", VMLINUX),
        ("src/a.bpf.c", &text),
        ("gen.go", go),
    ];
    let Some(told) = told("differently", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_target_that_is_a_variable_is_the_usual_architecture() {
    let text = program(
        "#include \"vmlinux.h\"\n#include <limit.h>\n#ifndef ARCH_amd64\n#error \"for which?\"\n#endif",
        "LIMIT",
    );
    for target in ["$TARGET", "${GOARCH}"] {
        let go = format!(
            "package a\n\n//go:generate bpf2go -cflags \"-D ARCH_{target}\" -target {target} a \
             ./src/a.bpf.c -- -I./include/{target}\n"
        );
        let files = [
            ("vmlinux.h", VMLINUX),
            ("include/amd64/limit.h", "#define LIMIT 3\n"),
            ("src/a.bpf.c", &text),
            ("gen.go", &go),
        ];
        let Some(told) = told(&format!("target-{}", target.len()), &files, &[]) else {
            return;
        };
        assert!(told.contains("1 C file read\n"), "{target}: {told}");
    }
}

#[test]
fn libbpfs_limits_of_usdt_are_known() {
    let text = program(
        "#include \"vmlinux.h\"\n#include <bpf/usdt.bpf.h>\nstruct own { long all[BPF_USDT_MAX_ARG_CNT]; };",
        "BPF_USDT_MAX_SPEC_CNT + BPF_USDT_MAX_IP_CNT",
    );
    let files = [("vmlinux.h", VMLINUX), ("src/a.bpf.c", &text)];
    let Some(told) = told("usdt", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn sections_make_a_program() {
    // The build alone knows where `api.h` is.
    let by_section =
        "#include \"api.h\"\nSEC(\"kprobe/do_exit\")\nint leave(void *ctx) { return ONLY_HERE; }\n";
    let by_licence = "#include \"api.h\"\nSEC(\"own_name\")\nint own(void *ctx) { return ONLY_HERE; }\n\
        char _license[] SEC(\"license\") = \"GPL\";\n";
    let loader = "#include <bpf/libbpf.h>\n#include \"both.h\"\nint main(void) { return 0; }\n";
    let skeleton = "#include \"both.h\"\n#include \"a.skel.h\"\nint main(void) { return 0; }\n";
    let files = [
        ("include/vmlinux.h", VMLINUX),
        (
            "include/api.h",
            "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n",
        ),
        ("src/a.c", by_section),
        ("src/b.c", by_licence),
        (
            "src/both.h",
            "#include <bpf/bpf_helpers.h>\nSEC(\"tc\")\nint one(void *ctx);\n",
        ),
        ("src/loader.c", loader),
        ("src/skeleton.c", skeleton),
        (
            "src/names.c",
            "char *names[] = { \"SEC(\\\"tc\\\")\", \"x\" };\n",
        ),
    ];
    let Some(told) = told("sections", &files, &[]) else {
        return;
    };
    assert!(told.contains("2 C files read\n"), "{told}");
}

#[test]
fn other_files_keep_their_own_definitions() {
    let text = program("#include \"vmlinux.h\"", "EVENTS");
    let makefile = "b.bpf.o: b.bpf.c\n\tclang -g -target bpf -DEVENTS=4 -c b.bpf.c -o $@\n\
        c.bpf.o: c.bpf.c\n\tclang -g -target bpf -c c.bpf.c -o $@\n\
        c2.bpf.o: c.bpf.c\n\tclang -g -target bpf -DEVENTS=4 -c c.bpf.c -o $@\n";
    let files = [
        ("vmlinux.h", VMLINUX),
        ("Makefile", makefile),
        ("a.bpf.c", &text),
        ("b.bpf.c", &text),
        ("c.bpf.c", &text),
    ];
    let Some(told) = told("others", &files, &["-v"]) else {
        return;
    };
    for (file, is_part) in [("a", true), ("b", false), ("c", true)] {
        let place = format!("{file}.bpf.c:6: note: understood in part");
        assert_eq!(told.contains(&place), is_part, "{file}: {told}");
    }
}

#[test]
fn what_is_included_is_read_there() {
    let whole = program("#include \"vmlinux.h\"\n#include \"part.bpf.c\"", "part()");
    let files = [
        ("vmlinux.h", VMLINUX),
        ("a.bpf.c", &whole),
        (
            "part.bpf.c",
            "static int part(void) { return ONLY_HERE; }\n",
        ),
    ];
    let Some(told) = told("fragments", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn every_format_says_what_was_not_understood() {
    if !libclang::reads_c("notes in formats") {
        return;
    }
    let text = program("#include \"vmlinux.h\"", "LIMIT");
    let files = [("vmlinux.h", VMLINUX), ("a.bpf.c", text.as_str())];
    let project = Project::new("formats", &[&[(".git/HEAD", "")], &files[..]].concat());
    let why = "use of undeclared identifier 'LIMIT'";
    for format in ["json", "sarif", "github", "markdown", "html"] {
        let ran = project.run(&["--no-cache", "--format", format, "."]);
        let out = ran.out.replace("&#39;", "'");
        assert!(out.contains(why), "{format}: {out}");
    }
    let ran = project.run(&["--no-cache", "--format", "sarif", "."]);
    let log: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let notes = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let region = &notes[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 6, "{notes}");
}

#[test]
fn projects_build_on_libbpfs_own_macros() {
    let text = program(
        "#include \"vmlinux.h\"\n#include <bpf/bpf_core_read.h>\n\
         #define READ(src, a, ...) ({ ___type((src), a, ##__VA_ARGS__) __r = ___arrow((src), a, ##__VA_ARGS__); __r; })\n\
         #define COUNT_1(a) 1\n#define COUNT_2(a, b) 2\n\
         #define COUNT(...) ___apply(COUNT_, ___narg(__VA_ARGS__))(__VA_ARGS__)\n\
         struct pair { struct pair *next; int number; };",
        "READ((struct pair *)ctx, next, number) + READ((struct pair *)ctx, number) + COUNT(a, b)",
    );
    let files = [("vmlinux.h", VMLINUX), ("a.bpf.c", &text)];
    let Some(told) = told("own-macros", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_header_that_may_be_missing_is_not_made_up() {
    let text = program(
        "#include \"vmlinux.h\"\n#if __has_include(\"elsewhere/consts.h\") && __has_include(<linux/bpf.h>)\n\
         #include \"elsewhere/consts.h\"\n#else\n#define HERE 1\n#endif",
        "HERE + ONLY_HERE",
    );
    let files = [("vmlinux.h", VMLINUX), ("probe.bpf.c", &text)];
    let Some(told) = told("may_be_missing", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_makefile_chooses_the_architecture() {
    let makefile = "ARCH := $(shell uname -m)\nifeq ($(ARCH), aarch64)\nTYPE = arm64\n\
                    else ifeq ($(ARCH), x86_64)\nTYPE = x86\nelse\nTYPE = riscv\nendif\n\
                    %.o: %.c\n\t$(CLANG) -g -target bpf -D__TARGET_ARCH_$(TYPE) -c $< -o $@\n";
    let text = program(
        "#include \"vmlinux.h\"\n#ifndef __TARGET_ARCH_x86\n#error \"another\"\n#endif",
        "ONLY_HERE",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        ("Makefile", makefile),
        ("probe.bpf.c", &text),
    ];
    let Some(told) = told("by_makefile", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn a_header_that_is_found_by_its_name_is_the_projects() {
    let header = "#pragma once\nstatic inline int of_header(int x) { return nobody_has(x); }\n";
    let text = program(
        "#include \"vmlinux.h\"\n#include <own.h>",
        "of_header(ONLY_HERE)",
    );
    let files = [
        ("src/vmlinux.h", VMLINUX),
        ("include/deep/own.h", header),
        ("src/probe.bpf.c", &text),
    ];
    let Some(told) = told("by_name", &files, &[]) else {
        return;
    };
    assert!(
        told.contains("1 in part: call to undeclared function"),
        "{told}"
    );
}

#[test]
fn a_typedef_has_the_members_of_all_kernels() {
    // `kernel_cap_t` is a struct with a name up to 6.2, and one without from 6.3 on.
    let text = program(
        "#include \"vmlinux.h\"",
        "((struct cred *)ctx)->cap_effective.cap[1] + ((struct cred *)ctx)->cap_effective.val",
    );
    let Some(told) = told("typedef", &[("a.bpf.c", &text)], &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn headers_of_libbpf_are_known_in_any_folder() {
    let text = "#include \"vmlinux.h\"\n#include \"libbpf/src/bpf_helpers.h\"\n\
        #include \"../contrib/headers/bpf_core_read.h\"\n\
        SEC(\"kprobe/do_exit\")\nint probe(struct pt_regs *ctx)\n{\n\treturn BPF_CORE_READ(ctx, di) > 0;\n}\n";
    let files = [("src/vmlinux.h", VMLINUX), ("src/a.bpf.c", text)];
    let Some(told) = told("libbpf-elsewhere", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

/// A CD-ROM's struct, of kernels that have its driver.
#[test]
fn a_name_of_the_project_may_be_another_thing_in_the_kernel() {
    let text = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
        struct event_header { __u64 timestamp_ns; };\n\
        SEC(\"tc\")\nint probe(void *ctx)\n{\n\tstruct event_header header = {};\n\n\
        \theader.timestamp_ns = bpf_ktime_get_ns();\n\treturn header.timestamp_ns > 1;\n}\n";
    let Some(told) = told("clash", &[("src/a.bpf.c", text)], &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}
