//! Builds the programs of an archive, and makes sure that they need no more than they may.

use std::env;
use std::env::consts::ARCH;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use setup::llvm::{self, Llvm};
use setup::process::{ask, run};
use setup::{build, toolchain, workspace};

use crate::shipped::{Libc, Shipped};

/// The parts of glibc and of GCC that each system with glibc has. rustc needs them too.
const OF_SYSTEM: [&str; 5] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libgcc_s.so.1",
    "libm.so.6",
];

/// Builds them for this machine's architecture, in a target folder of their own.
pub(crate) fn programs(shipped: &Shipped, llvm: &Llvm, folder: &Path) -> Result<Vec<PathBuf>> {
    let target = shipped.target(ARCH);
    bring(&target)?;
    let mut cargo = Command::new(toolchain::host_cargo());
    cargo
        .args(["build", "--locked", "--profile", "shipped", "--bins"])
        .args(["--package", shipped.package, "--target", &target])
        .args(
            shipped
                .feature
                .map(|feature| format!("--features={feature}")),
        )
        .arg("--target-dir")
        .arg(folder)
        .current_dir(workspace::root())
        .env(llvm::PREFIX_VARIABLE, &llvm.prefix)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(shipped.libc)?.join("\x1f"));
    let programs = build::programs(&mut cargo)?;
    for program in &programs {
        let what = program.display().to_string();
        check(program, shipped.libc).context(what)?;
    }
    Ok(programs)
}

/// Has rustup bring the library of a target, if it is not there.
fn bring(target: &str) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(workspace::root());
    if Path::new(ask(&mut rustc)?.trim()).exists() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    run(rustup
        .args(["target", "add", target])
        .current_dir(workspace::root()))
}

/// Flags for rustc. Paths of this machine are no part of a program.
fn flags(libc: Libc) -> Result<Vec<String>> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir().context("no home folder")?.join(".cargo"),
    };
    let libc = match libc {
        Libc::Inside => '+',
        Libc::Glibc(..) => '-',
    };
    Ok(vec![
        format!("-Ctarget-feature={libc}crt-static"),
        format!("--remap-path-prefix={}=/cargo", cargo_home.display()),
        format!(
            "--remap-path-prefix={}=/bpf-core",
            workspace::root().display()
        ),
    ])
}

fn check(program: &Path, libc: Libc) -> Result<()> {
    let readelf = |option: &str| {
        let mut readelf = Command::new("readelf");
        ask(readelf.env("LC_ALL", "C").args(["-W", option]).arg(program))
    };
    let (dynamic, versions) = (readelf("-d")?, readelf("-V")?);
    let needed = needed(&dynamic);
    match libc {
        Libc::Inside => ensure!(needed.is_empty(), "it needs {}", needed.join(", ")),
        Libc::Glibc(major, minor) => {
            let more = needed.iter().find(|name| !OF_SYSTEM.contains(name));
            ensure!(more.is_none(), "it needs {}", needed.join(", "));
            let newest = newest_glibc(&versions);
            ensure!(
                newest <= Some((major, minor)),
                "it needs glibc {newest:?}, and not {major}.{minor}"
            );
        }
    }
    ask(Command::new(program).arg("--version")).map(|_| ())
}

/// The libraries in what `readelf -d` prints.
pub(crate) fn needed(dynamic: &str) -> Vec<&str> {
    let lines = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let names = lines.filter_map(|line| line.split_once('[')?.1.strip_suffix(']'));
    names.collect()
}

/// The newest version of glibc's symbols in what `readelf -V` prints.
pub(crate) fn newest_glibc(versions: &str) -> Option<(u32, u32)> {
    let names = versions.split_whitespace();
    let numbers = names.filter_map(|name| {
        let (major, minor) = name.strip_prefix("GLIBC_")?.split_once('.')?;
        let minor = minor.split('.').next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    });
    numbers.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readelf_names_what_a_program_needs() {
        let dynamic = "\nDynamic section at offset 0x1 contains 2 entries:\n  Tag        Type         Name/Value\n \
             0x0000000000000001 (NEEDED)             Shared library: [libgcc_s.so.1]\n \
             0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]\n \
             0x000000000000000c (INIT)               0x1000\n";
        assert_eq!(needed(dynamic), ["libgcc_s.so.1", "libc.so.6"]);
        assert_eq!(
            needed("\nThere is no dynamic section in this file.\n"),
            [""; 0]
        );
    }

    #[test]
    fn versions_of_glibc_compare_by_number() {
        let versions = "  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 7\n  \
                        0x0020:   Name: GLIBC_2.2.5  Flags: none  Version: 6\n  \
                        0x0030:   Name: GLIBC_2.34  Flags: none  Version: 5\n  \
                        0x0040:   Name: GCC_3.0  Flags: none  Version: 4\n";
        assert_eq!(newest_glibc(versions), Some((2, 34)));
        assert_eq!(
            newest_glibc("No version information found in this file."),
            None
        );
    }
}
