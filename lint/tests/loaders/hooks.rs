//! Hooks that some kernels lack, in projects whose loader may ask for them.

use crate::libclang;
use crate::project::Project;

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
        // A loader among programs is for that of its name.
        ("own", PROGRAM, tolerant, false),
        ("another", PROGRAM, tolerant, true),
        // The object does not load without it.
        ("typed", typed.as_str(), tolerant, true),
    ] {
        let path = match name {
            "own" => "bpf/count.rs",
            "another" => "bpf/other.rs",
            _ => "src/main.rs",
        };
        let about = (
            "src/about.rs",
            "// It is in `SEC(\"kprobe/account_page_dirtied\")`.\n",
        );
        let sources = [("bpf/count.bpf.c", program), (path, loader), about];
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

/// What is found in a project whose loader has this text, and whose programs are these.
fn of_rust(name: &str, loader: &str, programs: &str) -> String {
    let main = format!("use aya::{{Ebpf, programs::*}};\n{loader}");
    let ebpf =
        format!("#![no_std]\n#![no_main]\nuse aya_ebpf::{{macros::*, programs::*}};\n{programs}");
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"app-ebpf\"]\nresolver = \"2\"\n",
        ),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\naya = \"0.13\"\n",
        ),
        ("app/src/main.rs", main.as_str()),
        (
            "app-ebpf/Cargo.toml",
            "[package]\nname = \"app-ebpf\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\naya-ebpf = \"0.1\"\n",
        ),
        ("app-ebpf/src/main.rs", ebpf.as_str()),
    ];
    let project = Project::new(&format!("hooks-rust-{name}"), &files);
    let ran = project.run(&[
        "--no-cache",
        "--format",
        "short",
        "--allow",
        "missing-debug-info",
    ]);
    assert_eq!(ran.code, 0, "{name}: {}", ran.err);
    ran.out
}

#[test]
fn a_loader_in_rust_that_gives_up_is_told() {
    let kprobe = "let program: &mut KProbe = ebpf.program_mut(\"unlink\").unwrap().try_into()?;\nprogram.load()?;\n";
    let bodies = [
        ("plain", format!("{kprobe}program.attach(\"do_unlinkat\", 0)?;\nOk(())\n")),
        ("unwrap", format!("{kprobe}program.attach(\"do_unlinkat\", 0).unwrap();\nOk(())\n")),
        (
            "context",
            format!("{kprobe}program.attach(\"do_unlinkat\", 0).context(\"attach\")?;\nOk(())\n"),
        ),
        // What it asks is no matter of the kernel.
        (
            "wanted",
            format!("{kprobe}if options.unlink {{ program.attach(\"do_unlinkat\", 0)?; }}\nOk(())\n"),
        ),
        (
            "typed",
            "let program: &mut FEntry = ebpf.program_mut(\"unlink\").unwrap().try_into()?;\n\
             program.load(\"do_unlinkat\", &btf)?;\nprogram.attach()?;\nOk(())\n"
                .to_owned(),
        ),
        (
            "event",
            "let program: &mut TracePoint = ebpf.program_mut(\"alloc\").unwrap().try_into()?;\n\
             program.load()?;\nprogram.attach(\"kmem\", \"kmalloc_node\")?;\nOk(())\n"
                .to_owned(),
        ),
        // A list of which all have to be there.
        (
            "list",
            "for (name, function) in [(\"exit\", \"do_exit\"), (\"unlink\", \"do_unlinkat\")] {\n\
             let program: &mut KProbe = ebpf.program_mut(name).unwrap().try_into()?;\nprogram.load()?;\n\
             program.attach(function, 0)?;\n}\nOk(())\n"
                .to_owned(),
        ),
        (
            "helper",
            "attach(ebpf, \"unlink\", \"do_unlinkat\")?;\nOk(())\n}\n\
             fn attach(ebpf: &mut Ebpf, name: &str, function: &str) -> Result<()> {\n\
             let program: &mut KProbe = ebpf.program_mut(name).unwrap().try_into()?;\nprogram.load()?;\n\
             program.attach(function, 0)?;\nOk(())\n"
                .to_owned(),
        ),
    ];
    for (name, body) in bodies {
        let loader = format!("fn main() -> Result<()> {{\n{body}}}\n");
        let found = of_rust(name, &loader, "");
        assert!(found.contains("app/src/main.rs"), "{name}: {found}");
        assert_eq!(
            found.matches("[unguarded-hook]").count(),
            1,
            "{name}: {found}"
        );
    }
}

#[test]
fn a_loader_in_rust_that_goes_on_is_silent() {
    let kprobe = "let program: &mut KProbe = ebpf.program_mut(\"unlink\").unwrap().try_into()?;\nprogram.load()?;\n";
    let bodies = [
        (
            "let-err",
            format!(
                "{kprobe}if let Err(error) = program.attach(\"do_unlinkat\", 0) {{ warn!(\"{{error}}\"); }}\n"
            ),
        ),
        (
            "match",
            format!(
                "{kprobe}match program.attach(\"do_unlinkat\", 0) {{ Ok(_) => {{}}, Err(e) => warn!(\"{{e}}\") }}\n"
            ),
        ),
        (
            "is-ok",
            format!("{kprobe}let is_on = program.attach(\"do_unlinkat\", 0).is_ok();\n"),
        ),
        (
            "ok",
            format!("{kprobe}program.attach(\"do_unlinkat\", 0).ok();\n"),
        ),
        (
            "or-else",
            format!(
                "{kprobe}program.attach(\"do_unlinkat\", 0).or_else(|_| program.attach(\"filename_unlinkat\", 0))?;\n"
            ),
        ),
        (
            "one-by-one",
            format!(
                "{kprobe}for function in [\"filename_unlinkat\", \"do_unlinkat\"] {{\n\
                 if program.attach(function, 0).is_ok() {{ break; }}\n}}\n"
            ),
        ),
        (
            "kallsyms",
            format!(
                "{kprobe}if symbols.contains(\"do_unlinkat\") {{ program.attach(\"do_unlinkat\", 0)?; }}\n"
            ),
        ),
        (
            "version",
            format!(
                "{kprobe}if KernelVersion::current()? < KernelVersion::new(7, 0, 0) {{\n\
                 program.attach(\"do_unlinkat\", 0)?;\n}}\n"
            ),
        ),
        (
            "leaves",
            format!(
                "if btf.id_by_name_kind(\"do_unlinkat\", BtfKind::Func).is_err() {{ return Ok(()); }}\n\
                 {kprobe}program.attach(\"do_unlinkat\", 0)?;\n"
            ),
        ),
        (
            "branches",
            format!(
                "{kprobe}match newer {{\n\
                 true => program.attach(\"filename_unlinkat\", 0)?,\n\
                 false => program.attach(\"do_unlinkat\", 0)?,\n}};\n"
            ),
        ),
        (
            "caller",
            format!(
                "if let Err(error) = optional(ebpf) {{ warn!(\"{{error}}\"); }}\nOk(())\n}}\n\
                 fn optional(ebpf: &mut Ebpf) -> Result<()> {{\n{kprobe}program.attach(\"do_unlinkat\", 0)?;\n"
            ),
        ),
        (
            "closure",
            format!(
                "let done = (|| {{ {kprobe}program.attach(\"do_unlinkat\", 0)?; Ok(()) }})();\n"
            ),
        ),
        // Every kernel has it.
        (
            "there",
            format!("{kprobe}program.attach(\"do_exit\", 0)?;\n"),
        ),
        // A process has it.
        (
            "process",
            "let program: &mut UProbe = ebpf.program_mut(\"u\").unwrap().try_into()?;\n\
             program.load()?;\nprogram.attach(\"do_unlinkat\", 0)?;\n"
                .to_owned(),
        ),
    ];
    for (name, body) in bodies {
        let loader = format!("fn main() -> Result<()> {{\n{body}Ok(())\n}}\n");
        let found = of_rust(name, &loader, "");
        assert_eq!(found, "", "{name}");
    }
}

#[test]
fn a_program_in_rust_that_names_its_hook_is_told() {
    let program =
        "#[fentry(function = \"do_unlinkat\")]\nfn unlink(ctx: FEntryContext) -> i32 { 0 }\n";
    let found = of_rust("attribute", "fn main() {}\n", program);
    assert!(found.contains("app-ebpf/src/main.rs"), "{found}");
    assert_eq!(found.matches("[unguarded-hook]").count(), 1, "{found}");
    // Another program is for the kernels without it.
    let both = format!(
        "{program}#[fentry(function = \"filename_unlinkat\")]\nfn unlink_by_name(ctx: FEntryContext) -> i32 {{ 0 }}\n"
    );
    assert_eq!(of_rust("attributes", "fn main() {}\n", &both), "");
    // The loader names it, and goes on.
    let loader = "fn main() -> Result<()> {\n\
        let program: &mut FEntry = ebpf.program_mut(\"unlink\").unwrap().try_into()?;\n\
        if program.load(\"do_unlinkat\", &btf).is_ok() { program.attach()?; }\nOk(())\n}\n";
    assert_eq!(of_rust("attribute-loader", loader, program), "");
    // Every kernel has it.
    let everywhere = program.replace("do_unlinkat", "do_exit");
    assert_eq!(
        of_rust("attribute-there", "fn main() {}\n", &everywhere),
        ""
    );
}

#[test]
fn a_loader_in_rust_tells_the_event() {
    let loader = "fn main() -> Result<()> {\n\
        let program: &mut TracePoint = ebpf.program_mut(\"observe\").unwrap().try_into()?;\n\
        program.load()?;\nprogram.attach(\"CATEGORY\", \"EVENT\")?;\nOk(())\n}\n";
    let loader =
        |category: &str, event: &str| loader.replace("CATEGORY", category).replace("EVENT", event);
    let program = "#[tracepoint]\nfn observe(ctx: TracePointContext) -> u32 {\n\
        match unsafe { ctx.read_at::<u64>(16) } { Ok(value) => value as u32, Err(_) => 0 }\n}\n";
    // The first argument of a system call is there on every kernel.
    assert_eq!(
        of_rust("call", &loader("syscalls", "sys_enter_openat"), program),
        ""
    );
    let found = of_rust("event", &loader("sched", "sched_process_fork"), program);
    assert_eq!(found.matches("[hardcoded-context]").count(), 1, "{found}");
    // All system calls have one record.
    let calls = format!(
        "{}fn more(ebpf: &mut Ebpf) -> Result<()> {{\n\
         let program: &mut TracePoint = ebpf.program_mut(\"observe\").unwrap().try_into()?;\n\
         program.attach(\"syscalls\", \"sys_enter_write\")?;\nOk(())\n}}\n",
        loader("syscalls", "sys_enter_openat")
    );
    assert_eq!(of_rust("calls", &calls, program), "");
    // A program on two events has no one record.
    let two = format!(
        "{}fn more(ebpf: &mut Ebpf) -> Result<()> {{\n\
         let program: &mut TracePoint = ebpf.program_mut(\"observe\").unwrap().try_into()?;\n\
         program.attach(\"sched\", \"sched_process_exec\")?;\nOk(())\n}}\n",
        loader("syscalls", "sys_enter_openat")
    );
    let found = of_rust("events", &two, program);
    assert_eq!(found.matches("[hardcoded-context]").count(), 1, "{found}");
}

/// A loader that keeps what to attach in values of its own: how it starts, and what it builds.
fn builder(start: &str, built: &str) -> String {
    format!(
        "enum Hook {{ Trace(String, String), Probe(String), Return(String), Typed {{ hook: String }} }}\n\
         struct Builder {{ hooks: Vec<Hook> }}\n\
         impl Builder {{\n\
         fn tracepoint(mut self, category: &str, name: &str) -> Self {{\n\
         self.hooks.push(Hook::Trace(category.to_string(), name.to_string()));\nself\n}}\n\
         fn kprobe(mut self, name: &str) -> Self {{\nself.hooks.push(Hook::Probe(name.to_owned()));\nself\n}}\n\
         fn fentry(mut self, name: &str) -> Self {{\nself.hooks.push(Hook::Typed {{ hook: name.into() }});\nself\n}}\n\
         fn start(self, ebpf: &mut Ebpf, btf: &Btf) -> Result<()> {{\n{start}\n}}\n}}\n\
         impl Hook {{\nfn attach(&self, ebpf: &mut Ebpf, btf: &Btf) -> Result<()> {{\nmatch self {{\n\
         Hook::Trace(category, name) => {{\nlet program: &mut TracePoint = program_of(ebpf, name)?;\n\
         program.load()?;\nprogram.attach(category, name).map_err(failed)?;\n}}\n\
         Hook::Return(name) | Hook::Probe(name) => {{\nlet program: &mut KProbe = program_of(ebpf, name)?;\n\
         program.load()?;\nprogram.attach(name, 0)?;\n}}\n\
         Hook::Typed {{ hook }} => {{\nlet program: &mut FEntry = program_of(ebpf, hook)?;\n\
         program.load(hook, btf)?;\nprogram.attach()?;\n}}\n}}\nOk(())\n}}\n}}\n\
         fn main() -> Result<()> {{\n{built}\n}}\n"
    )
}

const STRICT: &str = "for hook in self.hooks { hook.attach(ebpf, btf)?; }\nOk(())";

#[test]
fn a_loader_that_keeps_hooks_in_its_own_types_is_told() {
    let start = "Builder::default()";
    for (name, start, built, count) in [
        (
            "chain",
            STRICT,
            format!("{start}.tracepoint(\"kmem\", \"kmalloc_node\").kprobe(\"do_unlinkat\").start(ebpf, btf)"),
            2,
        ),
        (
            "one-by-one",
            STRICT,
            format!("let mut builder = {start};\nbuilder = builder.kprobe(\"vfs_read\");\nbuilder = builder.kprobe(\"do_unlinkat\");\nbuilder.start(ebpf, btf)"),
            1,
        ),
        ("named-field", STRICT, format!("{start}.fentry(\"do_unlinkat\").start(ebpf, btf)"), 1),
        (
            "without-builder",
            STRICT,
            "let hooks = [Hook::Probe(\"do_unlinkat\".into()), Hook::Trace(\"sched\".into(), \"sched_switch\".into())];\n\
             Builder { hooks: hooks.into() }.start(ebpf, btf)"
                .to_owned(),
            1,
        ),
        (
            "in-thread",
            "let done = tokio::task::spawn_blocking(move || {\nfor hook in self.hooks {\nhook.attach(ebpf, btf)?;\n}\nOk(())\n\
             }).await.expect(\"the thread\")?;\nOk(())",
            format!("{start}.kprobe(\"do_unlinkat\").start(ebpf, btf)"),
            1,
        ),
    ] {
        let found = of_rust(&format!("builder-{name}"), &builder(start, &built), "");
        assert_eq!(found.matches("[unguarded-hook]").count(), count, "{name}: {found}");
        assert_eq!(found.matches("do_unlinkat").count(), 1, "{name}: {found}");
    }
}

#[test]
fn a_loader_that_keeps_hooks_in_its_own_types_may_do_without_one() {
    let tolerant = "for hook in self.hooks {\nif let Err(error) = hook.attach(ebpf, btf) { warn!(\"{error}\"); }\n}\nOk(())";
    let start = "Builder::default()";
    let built = format!("{start}.kprobe(\"do_unlinkat\").start(ebpf, btf)");
    for (name, start, built) in [
        ("goes-on", tolerant, built.clone()),
        (
            "everywhere",
            STRICT,
            built.replace("do_unlinkat", "vfs_read"),
        ),
        (
            "asked",
            STRICT,
            format!(
                "let mut builder = {start};\nif has_symbol(\"do_unlinkat\") {{ builder = builder.kprobe(\"do_unlinkat\"); }}\nbuilder.start(ebpf, btf)"
            ),
        ),
        // A value of another variant is attached to nothing of this name.
        (
            "other",
            STRICT,
            "let hooks = [Named(\"do_unlinkat\".into())];\nOther { hooks }.start()".to_owned(),
        ),
    ] {
        let found = of_rust(&format!("builder-{name}"), &builder(start, &built), "");
        assert!(!found.contains("[unguarded-hook]"), "{name}: {found}");
    }
}
