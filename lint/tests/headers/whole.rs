//! Files that are read whole though something they use is declared nowhere, or only where their build says.

use crate::{VMLINUX, program, told};

/// Whether the one program of a project is read whole, as `is_whole` says of each case.
#[track_caller]
fn is_read(name: &str, files: &[(&str, &str)], is_whole: bool) {
    let Some(told) = told(&format!("whole-{name}"), files, &[]) else {
        return;
    };
    let line = if is_whole {
        "1 C file read\n"
    } else {
        "1 C file read, 1 in part: "
    };
    assert!(told.contains(line), "{name}: {told}");
}

#[test]
fn maps_of_the_form_before_btf_need_no_header() {
    let libbpf = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\nstruct bpf_map_def SEC(\"maps\") counts = {\n\
        \t.type = 2, .key_size = sizeof(__u32), .value_size = 8, .max_entries = 1, .map_flags = 0,\n};\n\
        SEC(\"tc\") int probe(void *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&counts, &key) != 0; }\n";
    let iproute2 = libbpf
        .replace("bpf_map_def", "bpf_elf_map")
        .replace(".key_size", ".size_key")
        .replace(".value_size", ".size_value")
        .replace(
            ".max_entries = 1, .map_flags = 0",
            ".max_elem = 1, .pinning = PIN_GLOBAL_NS",
        );
    let own = libbpf.replace(
        "struct bpf_map_def SEC",
        "struct bpf_map_def { int type, key_size, value_size, max_entries, map_flags, own; };\nstruct bpf_map_def SEC",
    );
    let several = libbpf
        .replace("counts = {", "counts[1] = {{")
        .replace("0,\n};", "0,\n}};");
    let wrong = libbpf.replace(".map_flags", ".flags_of_nobody");
    let other = libbpf.replace("bpf_map_def", "own_map_def");
    for (name, text, is_whole) in [
        ("libbpf", libbpf, true),
        ("iproute2", &iproute2, true),
        ("own-map", &own.replace("map_flags = 0", "own = 0"), true),
        ("several", &several, true),
        ("wrong-member", &wrong, false),
        ("other-type", &other, false),
    ] {
        is_read(
            name,
            &[("vmlinux.h", VMLINUX), ("probe.bpf.c", text)],
            is_whole,
        );
    }
}

#[test]
fn a_constant_that_nobody_defines_is_one_of_unknown_value() {
    let of =
        |includes: &str, body: &str| program(&format!("#include \"vmlinux.h\"\n{includes}"), body);
    for (name, text, is_whole) in [
        ("constant", of("", "ONLY_HERE + PORT_OF_SITE"), true),
        ("in-call", of("", "__builtin_bswap16(PORT_OF_SITE)"), true),
        // No value does here.
        (
            "in-case",
            of(
                "",
                "({ switch (ONLY_HERE) { case PORT_OF_SITE: break; } 0; })",
            ),
            false,
        ),
        ("no-constant", of("", "port_of_site"), false),
        // The header has it, or decides about it.
        ("header", of("#include \"site.h\"", "PORT_OF_SITE"), false),
    ] {
        is_read(
            &format!("{name}-of-site"),
            &[("vmlinux.h", VMLINUX), ("probe.bpf.c", &text)],
            is_whole,
        );
    }
}

#[test]
fn makefiles_include_others_by_variables() {
    // `bool` is a word of C23, and nothing else declares it here.
    let header = "#define LIMIT_OF_BUILD 3\nstatic inline bool is_there(void) { return true; }\n";
    let text = "#include \"limit.h\"\n#include <bpf/bpf_helpers.h>\n#ifndef EVENTS\n#error \"no events\"\n#endif\n\
        SEC(\"tc\") int probe(void *ctx)\n{\n\treturn is_there() + LIMIT_OF_BUILD + bpf_get_prandom_u32();\n}\n";
    let top = "LIB := ../lib\nEVENTS ?= 4\ninclude $(LIB)/common.mk\n";
    let common = "LIB ?= ./nowhere\ninclude $(LIB)/defines.mk\n\
        %.o: %.c\n\t$(Q)$(CLANG) -target bpf $(FLAGS) -g -c $< -o $@\n";
    let defines = "FLAGS := -std=gnu2x -DEVENTS=$(EVENTS)\nFLAGS += -I$(LIB)/include\n";
    let files = |top: &'static str, common: &'static str| {
        [
            ("tool/Makefile", top.to_owned()),
            ("tool/probe.bpf.c", text.to_owned()),
            ("lib/common.mk", common.to_owned()),
            ("lib/defines.mk", defines.to_owned()),
            ("lib/include/limit.h", header.to_owned()),
        ]
    };
    for (name, files, is_whole) in [
        ("included", files(top, common), true),
        ("none", files("LIB := ../lib\n", common), false),
        (
            "not-there",
            files("LIB := ../elsewhere\ninclude $(LIB)/common.mk\n", common),
            false,
        ),
        (
            "itself",
            files(
                "include Makefile\nLIB = ../lib\ninclude $(LIB)/common.mk\nEVENTS = 2\n",
                common,
            ),
            true,
        ),
    ] {
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        is_read(&format!("make-{name}"), &files, is_whole);
    }
}

#[test]
fn commands_are_for_the_file_that_they_name() {
    let go = "package gen\n\n//go:generate go run github.com/cilium/ebpf/cmd/bpf2go a ../one/probe.bpf.c -- -I../one/include\n\
        //go:generate go run github.com/cilium/ebpf/cmd/bpf2go b ../two/probe.bpf.c -- -I../two/include -DWANTED=1\n";
    let text = program(
        "#include \"vmlinux.h\"\n#include \"ctx/limit.h\"\n#ifndef WANTED\n#error \"not wanted\"\n#endif",
        "limit()",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        ("gen/gen.go", go),
        (
            "one/include/ctx/limit.h",
            "static inline int other(void) { return 1; }\n",
        ),
        (
            "two/include/ctx/limit.h",
            "static inline int limit(void) { return 1; }\n",
        ),
        ("two/probe.bpf.c", &text),
    ];
    is_read("named-by-path", &files, true);
}

#[test]
fn a_build_script_may_be_for_other_languages_too() {
    let script = "fn main() {\n    bindgen().clang_args([\"-x\", \"c++\", \"-std=c++20\"]);\n    \
        SkeletonBuilder::new().source(\"src/probe.bpf.c\").build();\n}\n";
    let text = program("#include \"vmlinux.h\"", "ONLY_HERE");
    let files = [
        ("vmlinux.h", VMLINUX),
        ("build.rs", script),
        ("src/probe.bpf.c", &text),
    ];
    is_read("other-languages", &files, true);
}

#[test]
fn a_program_may_be_included_whole() {
    let text = "#include \"vmlinux.h\"\n#include \"deep/part.c\"\n#include <bpf/bpf_helpers.h>\n\
        SEC(\"tc\") int probe(void *ctx) { return of_part(); }\n";
    let files = [
        ("vmlinux.h", VMLINUX),
        (
            "src/deep/part.c",
            "static inline int of_part(void) { return 1; }\n",
        ),
        ("test/probe.bpf.c", text),
    ];
    is_read("included", &files, true);
}

#[test]
fn the_header_beside_a_file_is_that_of_the_system() {
    let types = format!("{VMLINUX}{}", "/* so that it is whole */\n".repeat(11_000));
    let text = "#include <bpf/vmlinux/vmlinux.h>\n#include <bpf/bpf_helpers.h>\nstruct stats { __u64 own; };\n\
        SEC(\"tc\") int probe(void *ctx) { struct stats s = { .own = ONLY_HERE }; return s.own; }\n";
    let files = |header: &'static str| [(header, types.as_str()), ("src/probe.bpf.c", text)];
    is_read("installed", &files("src/vmlinux.h"), true);
    is_read("installed-elsewhere", &files("other/types.h"), false);
}

#[test]
fn one_of_two_choices_of_the_build_will_do() {
    let header = "#if defined(WITH_ONE) || defined(WITH_TWO)\nstatic inline int read_it(int x)\n{\n#ifdef WITH_ONE\n\
        \treturn nobody_has(x) + nobody_has_either(x);\n#else\n\treturn x;\n#endif\n}\n#endif\n";
    let declared = header.replace("static inline int read_it", "static inline int\nread_it");
    let text = program(
        "#include \"vmlinux.h\"\n#include \"read.h\"",
        "read_it(ONLY_HERE)",
    );
    let files = [
        ("vmlinux.h", VMLINUX),
        ("read.h", declared.as_str()),
        ("probe.bpf.c", &text),
    ];
    is_read("second-choice", &files, true);
}

#[test]
fn a_section_by_another_name_is_a_program() {
    let text = "#include \"own.h\"\n__section(\"sockops\") int probe(void *ctx) { return 0; }\n\
                char license[] __section(\"license\") = \"GPL\";\n";
    let own = "#define __section(NAME) __attribute__((section(NAME), used))\n";
    let files = [("own.h", own), ("probe.c", text)];
    let Some(told) = told("another_name", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}

#[test]
fn what_the_build_chooses_is_chosen() {
    let header = "#if defined(WITH_TYPES)\n#define READ(x) (x)\n#elif defined(WITHOUT_TYPES)\n\
                  #define READ(x) (-(x))\n#endif\n";
    let text = program(
        "#include \"vmlinux.h\"\n#include \"read.h\"",
        "READ(ONLY_HERE)",
    );
    // Nobody can say what `MODE` is.
    let makefile = "%.o: %.c\n\t$(CLANG) -g -target bpf -DWITH$(MODE)_TYPES -c $< -o $@\n";
    let files = [
        ("vmlinux.h", VMLINUX),
        ("read.h", header),
        ("Makefile", makefile),
        ("probe.bpf.c", &text),
    ];
    let Some(told) = told("chosen", &files, &[]) else {
        return;
    };
    assert!(told.contains("1 C file read\n"), "{told}");
}
