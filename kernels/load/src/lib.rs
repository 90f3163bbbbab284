//! Prints what became of each program of each object in a folder, for `cargo xtask kernels`, which reads it.
//! `load-by-libbpf` and `load-by-aya` load them, each program alone.

use std::path::Path;

use anyhow::{Context as _, Result};
use walkdir::WalkDir;

/// A program of an object.
#[derive(Debug)]
pub struct Program {
    /// Its function.
    pub name: String,
    /// Its section.
    pub section: String,
    /// What became of it.
    pub end: End,
}

/// How a load ended, and why.
#[derive(Debug)]
pub enum End {
    /// The kernel has taken it.
    Accepted,
    /// The kernel or the loader has refused it.
    Refused(String),
    /// The kernel was not asked: it has refused something else that is loaded as well.
    Unasked(String),
}

/// Has `load` load the objects of the folder that the command line names last, and prints a line for each
/// program. `load` gives a reason where it cannot open an object.
///
/// # Errors
/// The command line names no folder, or it cannot be read.
pub fn tell_all(mut load: impl FnMut(&Path) -> Result<Vec<Program>, String>) -> Result<()> {
    let folder = std::env::args().next_back().context("name a folder")?;
    for file in WalkDir::new(&folder).sort_by_file_name() {
        let file = file?;
        if !file.file_type().is_file() {
            continue;
        }
        let object = file.path().strip_prefix(&folder)?.with_extension("");
        let object = object.to_string_lossy();
        match load(file.path()) {
            Ok(programs) => programs.iter().for_each(|one| tell(&object, one)),
            Err(why) => tell(
                &object,
                &Program {
                    name: String::new(),
                    section: String::new(),
                    end: End::Refused(why),
                },
            ),
        }
    }
    Ok(())
}

/// A line has: object, program, section, `accepted`, `refused` or `unasked`, and why.
fn tell(object: &str, program: &Program) {
    let (end, why) = match &program.end {
        End::Accepted => ("accepted", ""),
        End::Refused(why) => ("refused", &**why),
        End::Unasked(why) => ("unasked", &**why),
    };
    let why = why.replace(['\t', '\n', '\r'], " ");
    let Program { name, section, .. } = program;
    println!("{object}\t{name}\t{section}\t{end}\t{why}");
}

/// The bytes of a stack as deep as `kernel.perf_event_max_stack` is by default: 127 addresses.
pub const STACK_TRACE_SIZE: u32 = 127 * 8;

/// How many entries a map gets, of a type of `enum bpf_map_type` and with the entries that the object gives
/// it: those that its loader sets, and no more than fit into a guest. `None` leaves it as it is.
#[must_use]
pub fn entries(map_type: u32, entries: u32) -> Option<u32> {
    const LARGEST: u32 = 1 << 16;
    const PERF_EVENT_ARRAY: u32 = 4;
    const RING_BUFFERS: [u32; 2] = [27, 31];
    /// Of a socket, an inode, a task, a cgroup, and both kinds of cgroups' storages for programs: they have no
    /// number of entries.
    const STORAGES: [u32; 6] = [19, 21, 24, 28, 29, 32];
    match (map_type, entries) {
        // Loaders count the processors.
        (PERF_EVENT_ARRAY, 0) => None,
        (storage, _) if STORAGES.contains(&storage) => None,
        (ring, 0) if RING_BUFFERS.contains(&ring) => Some(4096),
        (_, 0) => Some(64),
        (_, entries) if entries > LARGEST => Some(LARGEST),
        _ => None,
    }
}

/// The last line of a verifier's log that neither counts what it did nor shows the source.
#[must_use]
pub fn reason(log: &str) -> Option<&str> {
    const COUNTS: [&str; 6] = [
        "; ",
        "processed ",
        "verification time ",
        "stack depth ",
        "subprog ",
        "insns processed ",
    ];
    let is_reason = |line: &&str| {
        !line.trim().is_empty() && !COUNTS.iter().any(|words| line.starts_with(words))
    };
    log.lines().rfind(is_reason).map(str::trim)
}
