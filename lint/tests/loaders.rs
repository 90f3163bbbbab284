//! Hooks that some kernels lack, in projects whose loader may ask for them.

mod libclang;
mod project;

use project::Project;

const PROGRAM: &str = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_tracing.h>\n\
    char LICENSE[] SEC(\"license\") = \"GPL\";\n\
    SEC(\"kprobe/account_page_dirtied\")\nint BPF_KPROBE(count_dirtied)\n{\n\treturn 0;\n}\n";

/// Whether the hook is found in a project with these sources beside the program.
fn is_found(name: &str, sources: &[(&str, &str)]) -> Option<bool> {
    libclang::reads_c("hooks of C").then(|| {
        let own = [(".git/HEAD", ""), ("bpf/count.bpf.c", PROGRAM)];
        let project = Project::new(&format!("hooks-{name}"), &[&own, sources].concat());
        let ran = project.run(&["--no-cache", "."]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.contains("unguarded-hook")
    })
}

#[test]
fn a_loader_that_asks_may_load_it() {
    let sources = [
        (
            "autoload",
            "src/main.c",
            "\tbpf_program__set_autoload(obj->progs.count_dirtied, false);\n",
        ),
        (
            "exists",
            "src/main.c",
            "\tif (kprobe_exists(\"account_page_dirtied\"))\n\t\tattach(obj);\n",
        ),
        (
            "go",
            "main.go",
            "kp, err := link.Kprobe(\"account_page_dirtied\", objs.CountDirtied, nil)\n\
             if errors.Is(err, os.ErrNotExist) {\n\treturn nil\n}\n",
        ),
        (
            "rust",
            "src/main.rs",
            "programs\n    .expect_mut(\"count_dirtied\")\n    .min_kernel(kernel!(5, 5));\n",
        ),
    ];
    for (name, path, text) in sources {
        let Some(found) = is_found(name, &[(path, text)]) else {
            return;
        };
        assert!(!found, "{name}");
    }
}

#[test]
fn a_loader_that_does_not_ask_is_told() {
    let far = format!(
        "attach(objs.CountDirtied)\n{}if uname() {{}}\n",
        "work()\n".repeat(40)
    );
    let sources = [
        ("nothing", "src/main.c", "\terr = count_bpf__attach(obj);\n"),
        ("other", "main.go", "other.set_autoload(CountOthers)\n"),
        ("far", "main.py", far.as_str()),
        (
            "vendored",
            "vendor/loader/load.go",
            "kallsyms(\"account_page_dirtied\")\n",
        ),
    ];
    for (name, path, text) in sources {
        let Some(found) = is_found(name, &[(path, text)]) else {
            return;
        };
        assert!(found, "{name}");
    }
}

#[test]
fn a_loader_that_goes_on_may_leave_it_out() {
    let tolerant = "for prog in object.progs_mut() {\n    match prog.attach() {\n        Ok(link) => links.push(link),\n        \
        Err(error) if error.kind() == ErrorKind::NotFound => debug!(\"{error}\"),\n        \
        Err(error) => return Err(error),\n    }\n}\n";
    let strict =
        "for prog in object.progs_mut() {\n    links.push(prog.attach()?);\n}\nwarn!(\"done\");\n";
    let typed = PROGRAM
        .replace("kprobe/", "fentry/")
        .replace("BPF_KPROBE", "BPF_PROG");
    for (name, program, loader, expected) in [
        ("goes-on", PROGRAM, tolerant, false),
        ("gives-up", PROGRAM, strict, true),
        // The object does not load without it.
        ("typed", typed.as_str(), tolerant, true),
    ] {
        let sources = [("bpf/count.bpf.c", program), ("src/main.rs", loader)];
        let Some(found) = is_found(name, &sources) else {
            return;
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_loader_that_learns_to_ask_is_seen() {
    if !libclang::reads_c("hooks of C") {
        return;
    }
    let files = [
        (".git/HEAD", ""),
        ("bpf/count.bpf.c", PROGRAM),
        ("bpf/count.c", "\terr = count_bpf__attach(obj);\n"),
    ];
    let project = Project::new("hooks-learns", &files);
    let before = project.run(&["."]);
    assert!(before.out.contains("unguarded-hook"), "{}", before.out);
    let asks = "\tbpf_program__set_autoload(obj->progs.count_dirtied, false);\n";
    project.write("bpf/count.c", asks);
    let after = project.run(&["."]);
    assert!(!after.out.contains("unguarded-hook"), "{}", after.out);
    assert_eq!(project.read("bpf/count.c"), asks);
}
