//! What findings about the records of tracepoints say of the supported kernels.

mod libclang;
mod project;

use project::Project;

const PROGRAM: &str = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
    struct irq_args { u64 pad; int irq; };\n\
    SEC(\"tracepoint/irq/irq_handler_entry\")\n\
    int own_class(struct irq_args *ctx)\n{\n\treturn ctx->irq;\n}\n\
    struct vector_args { u64 pad; int vector; };\n\
    SEC(\"tracepoint/irq_vectors/thermal_apic_entry\")\n\
    int shared_class(struct vector_args *ctx)\n{\n\treturn ctx->vector;\n}\n\
    SEC(\"tracepoint/sched/sched_process_fork\")\n\
    int at_a_byte(void *ctx)\n{\n\tint child = 0;\n\
    \tif (bpf_probe_read_kernel(&child, sizeof(child), (char *)ctx + 44))\n\t\treturn 0;\n\treturn child;\n}\n\
    struct open_args { u64 pad; int nr; long dfd; const char *filename; };\n\
    SEC(\"tp/syscalls/sys_enter_openat\")\n\
    int arguments(struct open_args *ctx)\n{\n\treturn ctx->dfd > 0 && ctx->filename;\n}\n\
    struct number_args { u64 pad; int nr; };\n\
    SEC(\"tp/syscalls/sys_enter_close\")\n\
    int number(struct number_args *ctx)\n{\n\treturn ctx->nr;\n}\n\
    struct connect_args { u64 pad; int nr; long ret; };\n\
    SEC(\"tp/syscalls/sys_exit_connect\")\n\
    int nothing(struct connect_args *ctx)\n{\n\treturn bpf_get_smp_processor_id() + !ctx;\n}\n";

const CRATE: &str = "#![no_std]\n#![no_main]\nuse aya_ebpf::{macros::tracepoint, programs::TracePointContext};\n\
    #[tracepoint(category = \"irq\", name = \"irq_handler_entry\")]\n\
    pub fn own_class(ctx: TracePointContext) -> u32 {\n    \
    unsafe { ctx.read_at::<i32>(8) }.is_ok().into()\n}\n";

const MANIFEST: &str = "[package]\nname = \"events\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
    [dependencies]\naya-ebpf = \"0.2\"\n";

/// The findings on some kernels, in a project of this name.
fn found(name: &str, kernels: &str) -> Option<String> {
    libclang::reads_c("records of events").then(|| {
        let files = [
            (".git/HEAD", ""),
            ("events.bpf.c", PROGRAM),
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", CRATE),
        ];
        let project = Project::new(name, &files);
        let ran = project.run(&[
            "--no-cache",
            "--kernels",
            kernels,
            "events.bpf.c",
            "src/lib.rs",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        // Nothing is mended where nobody asks for it.
        assert_eq!(project.read("events.bpf.c"), PROGRAM);
        ran.out
    })
}

#[test]
fn kernels_that_differ_are_named() {
    let Some(text) = found("events-that-differ", ">=5.10") else {
        return;
    };
    for expected in [
        "`irq` of `trace_event_raw_irq_handler_entry` is at 8 on ",
        "take `struct trace_event_raw_irq_handler_entry` of `vmlinux.h`",
        "each event begins with `struct trace_entry`, and the size of `trace_entry` is 8 on ",
        "take the struct of the event's class",
        "`child_pid` of `trace_event_raw_sched_process_fork` is at 44 on ",
        "at 20 on 6.16.12 and later",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let in_rust = text.split("src/lib.rs").nth(1).unwrap_or_default();
    assert!(in_rust.contains("at 12 on 6.1.192 and earlier"), "{text}");
}

#[test]
fn arguments_of_system_calls_are_at_one_place() {
    let Some(text) = found("events-of-calls", ">=5.10") else {
        return;
    };
    assert!(!text.contains("sys_enter_openat"), "{text}");
    assert!(!text.contains("sys_exit_connect"), "{text}");
    assert!(
        text.contains("`nr` of `syscall_trace_enter` is at 8 on "),
        "{text}"
    );
}

#[test]
fn what_kernels_have_alike_is_no_finding() {
    let Some(text) = found("events-alike", "cloud") else {
        return;
    };
    // Whether a class is the same for all of them is not known.
    assert!(text.contains("thermal_apic_entry"), "{text}");
    assert!(text.contains("sched_process_fork"), "{text}");
    assert_eq!(text.matches("hardcoded-context").count(), 2, "{text}");
}
