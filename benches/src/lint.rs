//! The linter's speed: against the parsers that it is made with, alone on the same files.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use setup::process::{ask, run as execute};
use setup::{Setup, build, kernel, toolchain, workspace};

const C_FILES: usize = 48;
const RUST_FILES: usize = 2_000;
const RUNS: usize = 3;

/// Prints ratios for Rust and for C, each with a second run, and the most memory for many files.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    println!("the linter, against parsers alone on the same files");
    rust()?;
    c(&build::linter(setup, "release")?)
}

/// The crate's own benchmark, which links `syn`: processor time, on one core.
fn rust() -> Result<()> {
    execute(
        Command::new(toolchain::host_cargo())
            .args(["bench", "--quiet", "--package", "cargo-corelint"])
            .args(["--bench", "rust_sources", "--", &RUST_FILES.to_string()])
            .current_dir(workspace::root()),
    )
}

/// Against clang with one process a file, as many at a time as the linter has threads.
fn c(linter: &Path) -> Result<()> {
    if !kernel::has_btf() {
        println!("C: left out, the running kernel has no types for a `vmlinux.h`");
        return Ok(());
    }
    let folder = project("lint-c")?;
    // Debian has bpftool where only root's PATH leads.
    let bpftool = Path::new("/usr/sbin/bpftool");
    let bpftool = if bpftool.exists() {
        bpftool
    } else {
        Path::new("bpftool")
    };
    let header =
        ask(Command::new(bpftool).args(["btf", "dump", "file", kernel::BTF, "format", "c"]))?;
    fs::write(folder.join("vmlinux.h"), header)?;
    for number in 0..C_FILES {
        fs::write(folder.join(format!("p{number}.bpf.c")), c_source(number))?;
    }
    let clang = best(|| clang(&folder))?;
    let first = best(|| {
        forget(&folder)?;
        lint(linter, &folder)
    })?;
    // What changed a moment ago is not taken on trust.
    std::thread::sleep(Duration::from_secs(3));
    lint(linter, &folder)?;
    let second = best(|| lint(linter, &folder))?;
    println!(
        "C, {C_FILES} files with `vmlinux.h`: clang-22 -fsyntax-only {clang:.2?}, linter \
         {first:.2?}: {:.2}",
        ratio(first, clang)
    );
    println!(
        "C, a second run {second:.2?}: {:.1} times faster",
        ratio(first, second)
    );
    Ok(())
}

fn clang(folder: &Path) -> Result<Duration> {
    let jobs = std::thread::available_parallelism()?.to_string();
    let multiarch = format!("/usr/include/{}-linux-gnu", std::env::consts::ARCH);
    let files = (0..C_FILES).map(|number| format!("p{number}.bpf.c"));
    // libbpf's names for them.
    let define = match std::env::consts::ARCH {
        "x86_64" => "-D__TARGET_ARCH_x86".to_owned(),
        "aarch64" => "-D__TARGET_ARCH_arm64".to_owned(),
        other => format!("-D__TARGET_ARCH_{other}"),
    };
    let start = Instant::now();
    let mut xargs = Command::new("xargs")
        .args(["-P", &jobs, "-n", "1", "clang-22", "-fsyntax-only"])
        .args(["-g", "-O2", "-target", "bpf", &define])
        .args(["-I", &multiarch])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()
        .context("`xargs` cannot be started")?;
    let stdin = xargs.stdin.take().context("`xargs` has no input")?;
    let names: Vec<String> = files.collect();
    (&stdin).write_all(names.join("\n").as_bytes())?;
    drop(stdin);
    ensure!(xargs.wait()?.success(), "clang-22 refuses the sources");
    Ok(start.elapsed())
}

fn lint(linter: &Path, folder: &Path) -> Result<Duration> {
    let start = Instant::now();
    let output = Command::new(linter)
        .args(["corelint", "--format", "short"])
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .context("the linter cannot be started")?;
    let time = start.elapsed();
    if output.status.code() != Some(0) || !output.stdout.is_empty() || !output.stderr.is_empty() {
        bail!(
            "the sources are clean, and the linter says {}: {}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(time)
}

/// Removes what earlier runs kept.
fn forget(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder.join("target")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn best(mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        best = best.min(run()?);
    }
    Ok(best)
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// A new package, so that results are kept in it.
fn project(name: &str) -> Result<PathBuf> {
    let folder = workspace::root().join("target/bench").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"bench\"\nversion = \"0.1.0\"\n[workspace]\n",
    )?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    Ok(folder)
}

/// A program with CO-RE reads, maps and helpers, a bit different each time.
fn c_source(number: usize) -> String {
    let mut source = String::from(
        "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>\n\
         #include <bpf/bpf_tracing.h>\n\n\
         struct event {\n\t__u32 pid, parent;\n\t__u64 start;\n\tchar comm[16];\n};\n\n\
         struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__uint(max_entries, 1024);\n\t\
         __type(key, __u32);\n\t__type(value, struct event);\n} seen SEC(\".maps\");\n\n\
         char LICENSE[] SEC(\"license\") = \"Dual MIT/GPL\";\n",
    );
    for program in 0..8 {
        let _ = write!(
            source,
            "\nSEC(\"kprobe/do_exit\")\nint BPF_KPROBE(probe_{number}_{program}, long code)\n{{\n\t\
             struct task_struct *task = (void *)bpf_get_current_task();\n\t\
             struct event event = {{}};\n\n\t\
             if (code == {program})\n\t\treturn 0;\n\t\
             if (BPF_CORE_READ_INTO(&event.pid, task, tgid))\n\t\treturn 0;\n\t\
             if (BPF_CORE_READ_INTO(&event.parent, task, real_parent, tgid))\n\t\treturn 0;\n\t\
             if (bpf_core_read(&event.start, sizeof(event.start), &task->start_time))\n\t\t\
             return 0;\n\t\
             if (bpf_core_read_str(event.comm, sizeof(event.comm), &task->comm) < 0)\n\t\t\
             return 0;\n\t\
             for (int i = 0; i < 16; i++)\n\t\tevent.start += event.comm[i] * {number};\n\t\
             bpf_map_update_elem(&seen, &event.pid, &event, BPF_ANY);\n\t\
             return 0;\n}}\n"
        );
    }
    source
}
