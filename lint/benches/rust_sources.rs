//! Rust sources: the whole linter against `syn::parse_file` alone, and a second run against the
//! first, as ratios in one run. Prints the peak memory as well.
//!
//! `cargo bench --bench rust_sources [-- FILES]`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How many files the linter is to hold out with little memory.
const MANY: usize = 10_000;

/// A program of ordinary size, a bit different each time.
fn source(number: usize) -> String {
    let mut text = String::from(
        "use aya_ebpf::{helpers::*, macros::*, maps::*, programs::*};\n\
         use bpf_core::{CoreStruct, core_read};\n\n\
         #[derive(CoreStruct)]\npub struct task_struct {\n    pub tgid: i32,\n    \
         pub real_parent: *const task_struct,\n}\n\n\
         #[map]\nstatic SEEN: HashMap<i32, u64> = HashMap::with_max_entries(16, 0);\n\n",
    );
    for function in 0..20 {
        text.push_str(&format!(
            "/// Looks at task {function}.\n#[kprobe]\n\
             pub fn probe_{number}_{function}(ctx: ProbeContext) -> Option<u32> {{\n    \
             let task: *const task_struct = ctx.arg({function})?;\n    \
             let parent = core_read!(task, real_parent).ok()?;\n    \
             let tgid = match core_read!(parent, tgid) {{\n        Ok(tgid) => tgid,\n        \
             Err(_) => return None,\n    }};\n    \
             let mut buffer = [0u8; 16];\n    \
             if unsafe {{ bpf_probe_read_kernel_buf(parent as *const u8, &mut buffer) }}.is_err() {{\n        \
             return None;\n    }}\n    \
             let mut sum = 0u32;\n    for byte in buffer.iter().take({function}) {{\n        \
             sum = sum.wrapping_mul(31).wrapping_add(u32::from(*byte));\n    }}\n    \
             let count = unsafe {{ SEEN.get(&tgid) }}.copied().unwrap_or(0);\n    \
             if count > {number} {{\n        return None;\n    }}\n    \
             SEEN.insert(&tgid, &(count + 1), 0).ok()?;\n    Some(sum + tgid as u32)\n}}\n\n"
        ));
    }
    text
}

fn project(files: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("src")).expect("a folder");
    let manifest = "[package]\nname = \"bench\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                    [dependencies]\naya-ebpf = \"0.1\"\n[workspace]\n";
    fs::write(root.join("Cargo.toml"), manifest).expect("a file");
    for number in 0..files {
        let name = format!("src/file{number}.rs");
        fs::write(root.join(name), source(number)).expect("a file");
    }
    fs::write(root.join("src/main.rs"), "#![no_std]\n#![no_main]\n").expect("a file");
    root
}

/// The processor time of this process and of those that it waited for: on a machine with other work
/// to do, the clock on the wall measures that.
fn spent() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit(')').next().expect("fields").split_whitespace();
    // utime, stime, cutime, cstime, in hundredths of a second (`man 5 proc_pid_stat`)
    let ticks: u64 = fields
        .skip(11)
        .take(4)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

fn lint(root: &Path, jobs: usize, cache: bool) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"));
    command.args(["corelint", "--quiet", "--jobs", &jobs.to_string()]);
    if !cache {
        command.arg("--no-cache");
    }
    let start = spent();
    let status = command
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(root)
        .stdout(Stdio::null())
        .status()
        .expect("the linter");
    assert!(status.success(), "the files have no findings");
    spent() - start
}

fn parse(root: &Path, files: usize) -> Duration {
    let start = spent();
    for number in 0..files {
        let text = fs::read_to_string(root.join(format!("src/file{number}.rs"))).expect("text");
        std::hint::black_box(syn::parse_file(&text).expect("Rust"));
        proc_macro2::extra::invalidate_current_thread_spans();
    }
    spent() - start
}

/// The most memory that a child process had, in MB.
fn peak(root: &Path) -> Option<u64> {
    let shell = format!(
        "{} corelint --quiet --no-cache & while [ -e /proc/$! ]; do grep VmHWM /proc/$!/status; \
         sleep 0.02; done 2>/dev/null",
        env!("CARGO_BIN_EXE_cargo-corelint")
    );
    let output = Command::new("sh")
        .args(["-c", &shell])
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let sizes = text
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    sizes.max().map(|size| size / 1024)
}

fn main() {
    let files = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(2000);
    let root = project(files);
    let alone = (0..3)
        .map(|_| parse(&root, files))
        .min()
        .unwrap_or_default();
    let whole = (0..3)
        .map(|_| lint(&root, 1, false))
        .min()
        .unwrap_or_default();
    lint(&root, 1, true);
    // Files that changed a moment ago are not taken on trust.
    std::thread::sleep(Duration::from_secs(3));
    lint(&root, 1, true);
    let second = (0..3)
        .map(|_| lint(&root, 1, true))
        .min()
        .unwrap_or_default();
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!(
        "{files} files: syn alone {alone:?}, linter {whole:?}: {:.2}",
        ratio(whole, alone)
    );
    println!(
        "second run {second:?}: {:.1} times faster",
        ratio(whole, second)
    );
    if let Some(peak) = peak(&project(MANY)) {
        println!("{MANY} files: peak memory {peak} MB");
    }
}
