//! How long answers about many kernels take: against bpftool, which reads one kernel's BTF, and against
//! fewer kernels.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use setup::process::run as execute;
use setup::{Setup, build, kernel, table};
use wait4::Wait4 as _;

use crate::compare::ratio;
use crate::fleet;

const RUNS: usize = 7;

/// As many kernels as are booted in tests, and as many as a large company has.
const FLEETS: [usize; 2] = [fleet::REAL, 2_000];

/// Files of BTF for `min-btf`.
const FILES: usize = 8;

/// The folder for what `min-btf` makes of them. The stroke tells that it is one.
const MINIMAL: &str = "minimal/";

/// What a process costs.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    /// In bytes, at most.
    memory: u64,
}

/// Prints a line a comparison: the least of some runs, whole processes.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let linter = Linter {
        program: build::linter(setup, "release")?,
        folder: tempfile::tempdir()?,
    };
    let examples = build::objects(setup)?;
    let objects: Vec<PathBuf> = examples.iter().map(|example| example.object()).collect();
    let one = objects.first().context("no example")?;
    let mut rows = Vec::new();
    let shipped = linter.folder.path().join("shipped");
    let single = linter.judge(&shipped, &[], std::slice::from_ref(one))?;
    let all = linter.judge(&shipped, &[], &objects)?;
    let all_name = format!("all {} examples on all known kernels", objects.len());
    rows.push(row(&all_name, all, "one of them", single));
    let show = linter.run(&shipped, &["kernels", "show", "task_struct.tgid"])?;
    rows.push(row(
        "kernels show task_struct.tgid",
        show,
        "one of them",
        single,
    ));
    let [few, many] = FLEETS;
    let few_cost = linter.judge_fleet(few, one)?;
    let many_cost = linter.judge_fleet(many, one)?;
    let many_name = format!("one object on {many} simulated kernels");
    rows.push(row(&many_name, many_cost, &format!("on {few}"), few_cost));
    if kernel::has_btf() {
        let bpftool = Bpftool::find(linter.folder.path())?;
        let peer = bpftool.minimise(one, 1)?;
        rows.push(row(
            "one object on all known kernels",
            single,
            "bpftool on one",
            peer,
        ));
        let minimal = linter.minimise(&shipped, one, &bpftool.files)?;
        let peer = bpftool.minimise(one, FILES)?;
        let name = format!("minimal BTF out of {FILES} files");
        rows.push(row(&name, minimal, "bpftool one by one", peer));
        let (ours, theirs) = (linter.minimal_size()?, bpftool.size()?);
        println!("minimal BTF for one example and one kernel: {ours} bytes, {theirs} by bpftool");
    } else {
        println!("bpftool: left out, the running kernel has no BTF");
    }
    let head = [
        "",
        "time",
        "memory",
        "against",
        "time",
        "memory",
        "ratio",
        "of memory",
    ];
    print!("{}", table::text(head, rows, 1));
    Ok(())
}

fn row(name: &str, ours: Cost, peer_name: &str, peer: Cost) -> [String; 8] {
    let time = |cost: Cost| format!("{:.1} ms", cost.time.as_secs_f64() * 1e3);
    let memory = |cost: Cost| format!("{} MB", cost.memory / 1_000_000);
    [
        name.to_owned(),
        time(ours),
        memory(ours),
        peer_name.to_owned(),
        time(peer),
        memory(peer),
        ratio(ours.time.as_secs_f64(), peer.time.as_secs_f64()),
        ratio(ours.memory as f64, peer.memory as f64),
    ]
}

struct Linter {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Linter {
    /// Runs `cargo corelint` with the kernels of a folder beside the shipped ones, where no project is: in one,
    /// `cargo metadata` takes longer than the rest.
    fn run(&self, own: &Path, words: &[&str]) -> Result<Cost> {
        best(|| {
            let mut command = Command::new(&self.program);
            command.arg("corelint").args(words);
            command.env("XDG_DATA_HOME", own);
            cost(command.current_dir(self.folder.path()), 1)
        })
    }

    fn judge(&self, own: &Path, options: &[&str], objects: &[PathBuf]) -> Result<Cost> {
        let objects = objects.iter().filter_map(|path| path.to_str());
        let mut words = vec!["--no-cache", "--quiet"];
        words.extend(options);
        words.extend(objects);
        self.run(own, &words)
    }

    fn judge_fleet(&self, count: usize, object: &PathBuf) -> Result<Cost> {
        let own = self.folder.path().join(count.to_string());
        let folder = own.join("bpf-core");
        fs::create_dir_all(&folder)?;
        let mut this = Command::new(std::env::current_exe()?);
        this.arg("--fleet").arg(count.to_string());
        execute(this.arg(folder.join("own.kernels")))?;
        let options = ["--kernels", fleet::NAME];
        self.judge(&own, &options, std::slice::from_ref(object))
    }

    fn minimise(&self, own: &Path, object: &Path, files: &[PathBuf]) -> Result<Cost> {
        let output = self.folder.path().join(MINIMAL);
        let mut words = vec!["min-btf", "--output"];
        words.extend(output.to_str());
        words.extend(object.to_str());
        words.push("--from");
        words.extend(files.iter().filter_map(|file| file.to_str()));
        self.run(own, &words)
    }

    /// Of the BTF of one kernel, once it was made.
    fn minimal_size(&self) -> Result<u64> {
        let mut files = fs::read_dir(self.folder.path().join(MINIMAL))?;
        let file = files.next().context("no minimal BTF was written")??;
        Ok(file.metadata()?.len())
    }
}

struct Bpftool {
    program: &'static str,
    /// Copies of the running kernel's BTF.
    files: Vec<PathBuf>,
    output: PathBuf,
}

impl Bpftool {
    fn find(folder: &Path) -> Result<Self> {
        // Debian has bpftool where only root's PATH leads.
        let full = "/usr/sbin/bpftool";
        let has_full = Path::new(full).exists();
        // BTF does not tell the architecture: its folder does.
        let folder = folder.join(std::env::consts::ARCH);
        fs::create_dir_all(&folder)?;
        let files = (0..FILES).map(|number| {
            let file = folder.join(format!("6.1.{number}-running.btf"));
            fs::copy(kernel::BTF, &file)?;
            Ok(file)
        });
        Ok(Self {
            program: if has_full { full } else { "bpftool" },
            files: files.collect::<Result<_>>()?,
            output: folder.join("min.btf"),
        })
    }

    fn size(&self) -> Result<u64> {
        Ok(fs::metadata(&self.output)?.len())
    }

    /// Makes minimal BTF of some of the files, a process each.
    fn minimise(&self, object: &Path, count: usize) -> Result<Cost> {
        best(|| {
            let mut all = Cost {
                time: Duration::ZERO,
                memory: 0,
            };
            for file in &self.files[..count] {
                let mut command = Command::new(self.program);
                command.args(["gen", "min_core_btf"]).arg(file);
                let one = cost(command.arg(&self.output).arg(object), 0)?;
                all.time += one.time;
                all.memory = all.memory.max(one.memory);
            }
            Ok(all)
        })
    }
}

/// Runs a program, which may end with a code up to `last_code`.
fn cost(command: &mut Command, last_code: i32) -> Result<Cost> {
    let start = Instant::now();
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet
        .spawn()
        .with_context(|| format!("{command:?} cannot be started"))?;
    let end = child.wait4()?;
    let time = start.elapsed();
    let failed = end.status.code().is_none_or(|code| code > last_code);
    ensure!(!failed, "{command:?} ended with {}", end.status);
    Ok(Cost {
        time,
        memory: end.rusage.maxrss,
    })
}

/// The least time and memory of some runs.
fn best(mut run: impl FnMut() -> Result<Cost>) -> Result<Cost> {
    let mut best = run()?;
    for _ in 1..RUNS {
        let cost = run()?;
        best.time = best.time.min(cost.time);
        best.memory = best.memory.min(cost.memory);
    }
    Ok(best)
}
