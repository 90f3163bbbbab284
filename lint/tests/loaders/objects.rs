//! Objects that are judged by what loads them: commands and sources of their project, or nobody who says so.

use std::fs;
use std::path::Path;

use crate::project::Project;

/// An object of the fixtures, and what only some loaders refuse in it.
const SECTION: &str = "bad_section.o";
const LEGACY_MAP: &str = "bad_legacy_map.o";
const STATIC: &str = "bad_static.o";
const MAP_WITHOUT_SIZES: &str = "bad_map_without_sizes.o";

/// What is said of an object.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Denied,
    Warned,
    Nothing,
}

/// A project with one file beside the object: its name, the object, the file, what is said, and the loader.
type Case = (
    &'static str,
    &'static str,
    (&'static str, &'static str),
    Said,
    &'static str,
);

fn are_judged(cases: impl IntoIterator<Item = Case>) {
    for (name, object, file, said, loader) in cases {
        assert_eq!(
            judged(name, object, &[file]),
            (said, loader.to_owned()),
            "{name}"
        );
    }
}

/// What is said of one of the fixtures as `bpf/x.o` in a project with these files, and the loader that it is judged by.
fn judged(name: &str, object: &str, files: &[(&str, &str)]) -> (Said, String) {
    let files = [&[(".git/HEAD", "")], files].concat();
    let project = Project::new(&format!("loaded-by/{name}"), &files);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/loader-unsupported");
    project.write(
        "bpf/x.o",
        fs::read(fixtures.join(object)).expect("a fixture"),
    );
    let ran = project.run(&["--no-cache", "bpf/x.o"]);
    let said = match (
        ran.out.contains("error[loader-unsupported]"),
        ran.out.contains("warning[loader-unsupported]"),
    ) {
        (true, _) => Said::Denied,
        (false, true) => Said::Warned,
        (false, false) => Said::Nothing,
    };
    assert_eq!(
        said == Said::Denied,
        ran.code == 1,
        "{name}: {}{}",
        ran.out,
        ran.err
    );
    let header = ran.out.lines().find(|line| line.contains(" kernels"));
    let header = ran
        .out
        .lines()
        .find(|line| line.starts_with("bpf/x.o on"))
        .or(header);
    let loader = header.and_then(|line| line.rsplit(", ").next());
    (said, loader.unwrap_or_default().to_owned())
}

#[test]
fn commands_say_the_loader() {
    let tc =
        "#!/bin/sh\ntc filter add dev eth0 egress bpf da obj \"$HERE\"/x.o sec classifier/egress\n";
    let cases = [
        // `tc` is told the type, so the name of the section is no matter.
        ("tc", SECTION, ("load.sh", tc), Said::Nothing, "iproute2"),
        (
            "ip",
            SECTION,
            (
                "README.md",
                "    # ip link set dev eth0 xdpgeneric obj bpf/x.o sec xdp_drop\n",
            ),
            Said::Nothing,
            "iproute2",
        ),
        (
            "makefile",
            SECTION,
            (
                "Makefile",
                "OBJ := x.o\nrun: $(OBJ)\n\ttc filter add dev lo ingress bpf da obj $(OBJ)\n",
            ),
            Said::Nothing,
            "iproute2",
        ),
        (
            "python",
            SECTION,
            (
                "run.py",
                "call(['ip', 'link', 'set', dev, 'xdp', 'obj', 'x.o', 'sec', 'xdp_drop'])\n",
            ),
            Said::Nothing,
            "iproute2",
        ),
        // It depends on how it was built.
        (
            "tc-maps",
            LEGACY_MAP,
            ("load.sh", tc),
            Said::Warned,
            "iproute2",
        ),
        (
            "tc-static",
            STATIC,
            ("load.sh", tc),
            Said::Warned,
            "iproute2",
        ),
        // The kernel creates no such map, whoever asks.
        (
            "tc-sizes",
            MAP_WITHOUT_SIZES,
            ("load.sh", tc),
            Said::Denied,
            "iproute2",
        ),
        (
            "bpftool",
            SECTION,
            ("load.sh", "bpftool prog load bpf/x.o /sys/fs/bpf/x\n"),
            Said::Denied,
            "libbpf 1.7",
        ),
        // bpftool is told the type, too.
        (
            "bpftool-type",
            SECTION,
            (
                "load.sh",
                "bpftool prog load bpf/x.o /sys/fs/bpf/x type xdp\n",
            ),
            Said::Warned,
            "libbpf 1.7",
        ),
        (
            "compiled-only",
            SECTION,
            ("Makefile", "x.o: x.c\n\tclang -target bpf -c x.c -o x.o\n"),
            Said::Warned,
            "libbpf 1.7",
        ),
        (
            "another-object",
            SECTION,
            (
                "load.sh",
                "tc filter add dev eth0 egress bpf da obj yx.o sec a\n",
            ),
            Said::Warned,
            "libbpf 1.7",
        ),
    ];
    are_judged(cases);
}

#[test]
fn sources_say_the_loader() {
    let cases = [
        (
            "rust",
            LEGACY_MAP,
            (
                "src/main.rs",
                "use aya::Ebpf;\nlet bpf = Ebpf::load_file(\"bpf/x.o\")?;\n",
            ),
            Said::Nothing,
            "aya 0.14",
        ),
        (
            "rust-bytes",
            LEGACY_MAP,
            (
                "src/main.rs",
                "Bpf::load(include_bytes_aligned!(\"../bpf/x.o\"))?;\n",
            ),
            Said::Nothing,
            "aya 0.14",
        ),
        (
            "libbpf-rs",
            LEGACY_MAP,
            (
                "src/main.rs",
                "use libbpf_rs::ObjectBuilder;\nbuilder.open_file(\"bpf/x.o\")?;\n",
            ),
            Said::Denied,
            "libbpf 1.7",
        ),
        (
            "go",
            STATIC,
            (
                "main.go",
                "import \"github.com/cilium/ebpf\"\n//go:embed x.o\nvar object []byte\n",
            ),
            Said::Nothing,
            "cilium 0.22",
        ),
        (
            "gobpf",
            LEGACY_MAP,
            (
                "main.go",
                "import bpf \"github.com/iovisor/gobpf/elf\"\nbpf.NewModule(\"bpf/x.o\")\n",
            ),
            Said::Warned,
            "libbpf 1.7",
        ),
        (
            "c",
            LEGACY_MAP,
            (
                "load.c",
                "#include <bpf/libbpf.h>\nint main() { return !bpf_object__open(\"x.o\"); }\n",
            ),
            Said::Denied,
            "libbpf 1.7",
        ),
        // No source names the object, and all of them use libbpf.
        (
            "c-alone",
            LEGACY_MAP,
            (
                "load.c",
                "#include <bpf/libbpf.h>\nint main(int n, char **a) { return !bpf_object__open(a[1]); }\n",
            ),
            Said::Denied,
            "libbpf 1.7",
        ),
        (
            "c-types",
            SECTION,
            (
                "load.c",
                "#include <bpf/libbpf.h>\nvoid f() { bpf_program__set_type(p, BPF_PROG_TYPE_XDP); }\n",
            ),
            Said::Warned,
            "libbpf 1.7",
        ),
        (
            "vendored",
            LEGACY_MAP,
            (
                "vendor/load.c",
                "#include <bpf/libbpf.h>\nint main() { return !bpf_object__open(\"x.o\"); }\n",
            ),
            Said::Warned,
            "libbpf 1.7",
        ),
    ];
    are_judged(cases);
}

#[test]
fn what_loads_the_object_is_more_than_what_the_project_depends_on() {
    let go = (
        "go.mod",
        "module a\nrequire github.com/cilium/ebpf v0.17.3\n",
    );
    let tc = (
        "load.sh",
        "tc filter add dev eth0 egress bpf da obj bpf/x.o\n",
    );
    let (said, loader) = judged("tc-in-go", SECTION, &[go, tc]);
    assert_eq!((said, loader.as_str()), (Said::Nothing, "iproute2"));
    let own = (
        "main.go",
        "import \"github.com/cilium/ebpf\"\nebpf.LoadCollectionSpec(\"bpf/x.o\")\n",
    );
    let (said, loader) = judged("version-of-go", STATIC, &[go, own]);
    assert_eq!((said, loader.as_str()), (Said::Nothing, "cilium 0.17"));
    // Two that disagree say nothing for certain.
    let (said, loader) = judged("both", SECTION, &[go, tc, own]);
    assert_eq!((said, loader.as_str()), (Said::Warned, "libbpf 1.7"));
}

#[test]
fn without_a_loader_a_warning_says_who_takes_it() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/loader-unsupported");
    let project = Project::new("loaded-by/nobody", &[(".git/HEAD", "")]);
    project.write(
        "x.o",
        fs::read(fixtures.join(LEGACY_MAP)).expect("a fixture"),
    );
    let ran = project.run(&["--no-cache", "x.o"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "warning[loader-unsupported]: libbpf 1.7 does not support section `maps`\n",
        "nothing here names the loader, and aya 0.14",
        "help: declare the map by its types",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    // Whoever asks for the level gets it, and so does who names the loader.
    let denied = project.run(&["--no-cache", "x.o", "--deny", "loader-unsupported"]);
    assert_eq!(denied.code, 1, "{}", denied.out);
    let named = project.run(&["--no-cache", "x.o", "--loader", "libbpf"]);
    assert_eq!(named.code, 1, "{}", named.out);
    let aya = project.run(&["--no-cache", "x.o", "--loader", "aya"]);
    assert!(!aya.out.contains("loader-unsupported"), "{}", aya.out);
}
