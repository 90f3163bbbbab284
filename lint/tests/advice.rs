//! What findings tell to do: by the case, where one advice for all would lead into a trap. The pages'
//! code is loaded into kernels (`cargo xtask pages`).

use std::fs;
use std::path::Path;
use std::process::Command;

const C: &str = "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
                 #include <bpf/bpf_core_read.h>\n#include <bpf/bpf_tracing.h>\n";
const RUST: &str = "#![no_std]\n#![no_main]\nuse aya_ebpf::{helpers::*, macros::*, programs::*};\n";

/// What the linter says of a file, lines joined.
fn advice(name: &str, code: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("advice")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (file, head) = match code.contains("SEC(") {
        true => ("probe.bpf.c", C),
        false => ("probe.rs", RUST),
    };
    fs::write(folder.join(file), format!("{head}{code}")).unwrap();
    // The same header on every machine.
    fs::write(
        folder.join("vmlinux.h"),
        include_str!("../src/front/c/builtin/vmlinux.h"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["--no-cache", "--warn", "all", file])
        .current_dir(&folder)
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = shown
        .split_whitespace()
        .filter(|word| !matches!(*word, "=" | "│"))
        .collect();
    words.join(" ")
}

/// That each piece of code gets the one advice and not the other.
fn check(cases: &[(&str, &str, &str, &str)]) {
    for (name, code, given, not_given) in cases {
        let told = advice(name, code);
        assert!(
            told.contains(given),
            "{name}: `{given}` is missing:\n{told}"
        );
        assert!(
            not_given.is_empty() || !told.contains(not_given),
            "{name}: `{not_given}` is told:\n{told}"
        );
    }
}

#[test]
fn contexts_are_taken_for_the_record_of_their_event() {
    let c = |section: &str, name: &str| {
        format!(
            "struct {name} {{ u64 pad; int field; }};\nSEC(\"{section}\")\nint probe(struct {name} *ctx)\n{{\n\treturn ctx->field;\n}}\n"
        )
    };
    let rust = |attribute: &str| {
        format!(
            "{attribute}\nfn probe(ctx: TracePointContext) -> u32 {{\n    unsafe {{ ctx.read_at::<u32>(8) }}.unwrap_or(1)\n}}\n"
        )
    };
    check(&[
        (
            "enter",
            &c("tp/syscalls/sys_enter_openat", "args"),
            "take `struct syscall_trace_enter` of `vmlinux.h`",
            "trace_event_raw",
        ),
        (
            "exit",
            &c("tracepoint/syscalls/sys_exit_openat", "args"),
            "take `struct syscall_trace_exit` of `vmlinux.h`",
            "trace_event_raw",
        ),
        (
            "all-calls",
            &c("tp/raw_syscalls/sys_enter", "args"),
            "take `struct trace_event_raw_sys_enter` of `vmlinux.h`",
            "syscall_trace",
        ),
        (
            "class",
            &c("tp/sched/sched_wakeup", "args"),
            "take the struct of the event's class (`bpftool btf dump",
            "trace_event_raw_sched_wakeup",
        ),
        (
            "own-class",
            &c("tp/sched/sched_switch", "args"),
            "take `struct trace_event_raw_sched_switch` of `vmlinux.h`",
            "bpftool",
        ),
        (
            "named-record",
            &c(
                "tp/sched/sched_stat_wait",
                "trace_event_raw_sched_stat_template",
            ),
            "add `__attribute__((preserve_access_index))` to the struct",
            "bpftool",
        ),
        (
            // Some kernels lack what is there.
            "not-everywhere",
            &c("tp/sched/sched_process_fork", "args"),
            "is at 8 on 6.16.12 and later, and not there on others",
            "every supported kernel",
        ),
        (
            // Relocated, it would be found on no kernel.
            "named-as-none",
            &c(
                "tp/sched/sched_stat_wait",
                "trace_event_raw_sched_stat_compat",
            ),
            "take the struct of the event's class (`bpftool btf dump",
            "preserve_access_index",
        ),
        (
            // Relocated, it would be read as the record of another event.
            "named-as-another",
            &c(
                "tp/sched/sched_switch",
                "trace_event_raw_sched_stat_template",
            ),
            "take `struct trace_event_raw_sched_switch` of `vmlinux.h`",
            "preserve_access_index",
        ),
        (
            "rust-enter",
            &rust("#[tracepoint(category = \"syscalls\", name = \"sys_enter_openat\")]"),
            "declare `struct syscall_trace_enter` with `#[derive(CoreStruct)]`",
            "trace_event_raw",
        ),
        (
            "rust-named-as-another",
            "#[repr(C)]\nstruct trace_event_raw_sched_stat_template {\n    pad: u64,\n    field: i32,\n}\n\
             #[tracepoint(category = \"sched\", name = \"sched_switch\")]\nfn probe(ctx: TracePointContext) -> u32 {\n    \
             let record = ctx.as_ptr() as *const trace_event_raw_sched_stat_template;\n    \
             unsafe { (*record).field as u32 }\n}\n",
            "declare `struct trace_event_raw_sched_switch` with `#[derive(CoreStruct)]`",
            "put `#[derive(CoreStruct)]` on the struct",
        ),
        (
            "rust-any",
            &rust("#[tracepoint]"),
            "declare the struct of the event's class with `#[derive(CoreStruct)]`",
            "trace_event_raw_`",
        ),
    ]);
}

#[test]
fn user_space_api_is_read_without_a_relocation() {
    check(&[
        (
            // All that `vmlinux.h` declares is relocated, by whatever it is read.
            "of-vmlinux",
            "struct sockaddr_can { int can_ifindex; } __attribute__((preserve_access_index));\nSEC(\"kprobe/ip_rcv\")\n\
             int BPF_KPROBE(probe, struct sockaddr_can *can)\n{\n\treturn BPF_CORE_READ(can, can_ifindex);\n}\n",
            "declare the same fields in a struct of another name, without `preserve_access_index`",
            "BPF_PROBE_READ",
        ),
        (
            "not-of-vmlinux",
            "struct sockaddr_can { int can_ifindex; };\nSEC(\"kprobe/ip_rcv\")\n\
             int BPF_KPROBE(probe, struct sockaddr_can *can)\n{\n\treturn BPF_CORE_READ(can, can_ifindex);\n}\n",
            "use `BPF_PROBE_READ` or `bpf_probe_read_kernel`",
            "of another name",
        ),
        (
            "rust",
            "#[derive(bpf_core::CoreStruct)]\nstruct iphdr {\n    saddr: u32,\n}\n",
            "`#[repr(C)]` with `#[derive(Clone, Copy, Plain)]` instead of `CoreStruct`, and with all fields in front of those that are read",
            "",
        ),
    ]);
}

#[test]
fn enumerators_are_asked_for_where_their_enum_has_a_name() {
    check(&[
        (
            "named",
            "SEC(\"kprobe/do_exit\")\nint BPF_KPROBE(probe, int kind)\n{\n\treturn kind == ITER_BVEC;\n}\n",
            "use `bpf_core_enum_value(enum iter_type, ITER_BVEC)`",
            "has no name",
        ),
        (
            "declared-without-a-name",
            "enum { ITER_ZERO, ITER_PIPE };\nSEC(\"kprobe/do_exit\")\nint BPF_KPROBE(probe, int kind)\n{\n\treturn kind == ITER_PIPE;\n}\n",
            "declare it in `enum iter_type`, as the kernel does",
            "has no name",
        ),
        (
            "unnamed-in-the-kernel",
            "enum { TRACE_EVENT_FL_FIRST, TRACE_EVENT_FL_DYNAMIC };\nSEC(\"kprobe/do_exit\")\nint BPF_KPROBE(probe, int kind)\n{\n\treturn kind == TRACE_EVENT_FL_DYNAMIC;\n}\n",
            "hand the value over in a `const volatile` variable",
            "bpf_core_enum_value",
        ),
        (
            "rust-unnamed",
            "mod vmlinux {\n    pub const TRACE_EVENT_FL_DYNAMIC: u32 = 1;\n}\n#[kprobe]\nfn probe(ctx: ProbeContext) -> u32 {\n    \
             let kind: u32 = ctx.arg(1).unwrap_or(0);\n    (kind == vmlinux::TRACE_EVENT_FL_DYNAMIC) as u32\n}\n",
            "hand the value over in a `static`",
            "CoreEnum",
        ),
    ]);
}

#[test]
fn rust_has_its_own_ways() {
    check(&[
        (
            "bit-field",
            "use vmlinux::sock;\n#[lsm]\nfn probe(ctx: LsmContext) -> i32 {\n    let sk: *const sock = unsafe { ctx.arg(0) };\n    \
             unsafe { (*sk).sk_userlocks() as i32 }\n}\n",
            "declare the field `#[core(bitfield)]`",
            "BPF_CORE_READ_BITFIELD",
        ),
        (
            "registers",
            "#[kprobe(function = \"__x64_sys_openat\")]\nfn probe(ctx: ProbeContext) -> u32 {\n    ctx.arg(1).unwrap_or(0)\n}\n",
            "with `pt_regs_syscall_regs` of `bpf_core::registers`",
            "fentry",
        ),
    ]);
}

#[test]
fn arguments_are_counted_as_the_language_spells_them() {
    check(&[
        (
            "too-many-in-c",
            "SEC(\"tp_btf/sched_process_exec\")\nint probe(__u64 *ctx)\n{\n\
             \tstruct task_struct *task = (struct task_struct *)ctx[3];\n\
             \treturn BPF_CORE_READ(task, pid);\n}\n",
            "take an argument that it has: `PT_REGS_PARM1(ctx)` and `ctx[0]` are argument 1",
            "from 0",
        ),
        (
            "too-many-in-rust",
            "#[btf_tracepoint(function = \"sched_process_exec\")]\n\
             fn probe(ctx: BtfTracePointContext) -> u64 {\n    unsafe { ctx.arg(3) }\n}\n",
            "take an argument that it has: `ctx.arg(0)` and `pt_regs_parm::<1, _>` are argument 1",
            "from 0",
        ),
    ]);
}
