//! libbpf, all of it, on a kernel that is not there: see `libbpf/relocate.c`.

use std::fs;
use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Programs;

/// One release of libbpf.
#[derive(Clone, Copy, Debug)]
pub struct Libbpf {
    /// Whose it is, for messages.
    pub name: &'static str,
    program: &'static str,
}

/// The one that the system has.
pub const SYSTEM: Libbpf = Libbpf {
    name: "the system's libbpf",
    program: env!("SYSTEM_LIBBPF"),
};

/// The one of the crate `libbpf-sys`.
pub const NEWEST: Libbpf = Libbpf {
    name: "the newest libbpf",
    program: env!("NEWEST_LIBBPF"),
};

/// Major and minor number of a release.
pub type Version = (u32, u32);

/// What libbpf makes of an object.
#[derive(Debug)]
pub struct Answer {
    /// The release that answers.
    pub version: Version,
    /// The programs, or the error with which it refuses the object, as in `errno.h`.
    pub programs: Result<Programs, i32>,
    /// What it logs on the way.
    pub log: String,
}

impl Libbpf {
    /// Loads an ELF object for a kernel with these types, and with modules of these.
    ///
    /// # Panics
    ///
    /// If libbpf crashes.
    pub fn relocate(&self, object: &[u8], kernel: &[u8], modules: &[Vec<u8>]) -> Answer {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = format!(
            "{}-{}",
            process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Path::new(env!("OUT_DIR")).join(unique);
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let mut command = Command::new(self.program);
        command
            .arg(write("object.o", object))
            .arg(write("vmlinux.btf", kernel));
        for (at, module) in modules.iter().enumerate() {
            command.arg(write(&format!("module{at}.btf"), module));
        }
        let output = command.output().unwrap();
        fs::remove_dir_all(&folder).unwrap();

        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "{}: {}\n{log}",
            self.name,
            output.status
        );
        let output = String::from_utf8(output.stdout).unwrap();
        let mut lines = output.lines();
        let version = lines.next().and_then(version).expect("a version");
        let programs = lines.map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            match name {
                "refused" => Err(rest.parse().unwrap()),
                _ => Ok((name.to_owned(), bytes(rest))),
            }
        });
        Answer {
            version,
            programs: programs.collect(),
            log,
        }
    }
}

/// `v1.7`
fn version(line: &str) -> Option<Version> {
    let (major, minor) = line.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(byte).collect()
}
