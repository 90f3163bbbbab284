//! How C is read: which headers a file gets, and what is said of a file that is understood in part.

mod libclang;
mod project;

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
