//! Finds, or brings, a rustc that can build `core` for eBPF.
//!
//! `core` for `bpfel-unknown-none` is in no distribution: `-Z build-std` builds it from its
//! source. `RUSTC_BOOTSTRAP=1` opens that switch on a stable compiler too, so what counts is the
//! source, and an LLVM no newer than the linker's, which has to read the bitcode.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::debian;
use crate::llvm::{self, Llvm};
use crate::process::{ask, run, say};

/// The name under which `rustup` knows a toolchain that it has not installed itself.
pub const NAME: &str = "bpf-core";

/// The oldest compiler that builds this workspace.
pub const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Variables that `cargo` and `rustup` set for their children, or that change how the compiler
/// is called. The host's must not reach the eBPF build: it has another compiler and another
/// target, and `RUSTFLAGS` replaces the flags of a crate's own `.cargo/config.toml`.
const HOST_ONLY: [&str; 9] = [
    "CARGO",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "RUSTC",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// A compiler for eBPF and the cargo that drives it.
#[derive(Debug)]
pub struct Toolchain {
    folder: PathBuf,
    /// Release and LLVM, for people.
    pub version: String,
}

impl Toolchain {
    /// `cargo` that builds with this compiler, and with nothing of the host's settings.
    pub fn cargo(&self) -> Command {
        // Debian's rustc can be there without Debian's cargo; any other drives it as well.
        let own = self.folder.join("bin/cargo");
        let cargo = if own.exists() { own } else { host_cargo() };
        let mut command = Command::new(cargo);
        for name in HOST_ONLY {
            command.env_remove(name);
        }
        command
            .env("RUSTC", self.rustc())
            .env("RUSTC_BOOTSTRAP", "1");
        command
    }

    /// The compiler itself.
    pub fn rustc(&self) -> PathBuf {
        self.folder.join("bin/rustc")
    }
}

/// The cargo that runs this program.
pub fn host_cargo() -> PathBuf {
    std::env::var_os("CARGO")
        .unwrap_or_else(|| "cargo".into())
        .into()
}

/// A toolchain of this machine that serves, or why none does: one line for each.
pub fn find(llvm: &Llvm) -> Result<Toolchain, Vec<String>> {
    let mut refused = Vec::new();
    for folder in candidates() {
        match inspect(&folder, llvm) {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => refused.push(format!("{}: {error:#}", folder.display())),
        }
    }
    Err(refused)
}

/// Brings a toolchain to this machine: out of Debian's packages, else the pinned toolchain's
/// own source by rustup.
pub fn install(llvm: &Llvm) -> Result<Toolchain> {
    let debian = if debian::is_here() {
        unpack_debian().and_then(|folder| inspect(&folder, llvm))
    } else {
        Err(anyhow!("this is no Debian"))
    };
    let Err(debian) = debian else { return debian };
    let rustup = add_rust_src().and_then(|folder| inspect(&folder, llvm));
    rustup.map_err(|rustup| {
        anyhow!(
            "from Debian's packages: {debian:#}\n\
             from rustup: {rustup:#}\n\
             one of these brings it: `sudo apt-get install rustc-web cargo-web rust-web-src` \
             (they replace Debian's own rustup), or \
             `rustup toolchain install nightly --component rust-src`"
        )
    })
}

/// Makes `cargo +bpf-core` and aya-build's `Toolchain::Custom` reach a toolchain that rustup did
/// not install. Nothing here needs that, so it may fail.
pub fn link_in_rustup(toolchain: &Toolchain) {
    let Ok(list) = ask(Command::new("rustup").args(["toolchain", "list", "-v"])) else {
        return;
    };
    if rustup_folders(&list)
        .iter()
        .any(|(_, folder)| *folder == toolchain.folder)
    {
        return;
    }
    let mut link = Command::new("rustup");
    if let Err(error) = run(link
        .args(["toolchain", "link", NAME])
        .arg(&toolchain.folder))
    {
        say(format_args!(
            "rustup has no `{NAME}` toolchain for other projects: {error:#}"
        ));
    }
}

fn candidates() -> Vec<PathBuf> {
    let list = ask(Command::new("rustup").args(["toolchain", "list", "-v"])).unwrap_or_default();
    let mut rustup = rustup_folders(&list);
    rustup.sort_by_key(|(name, _)| (name != NAME, !name.starts_with("nightly")));
    let unpacked = debian::unpacked_folder()
        .ok()
        .and_then(|folder| fs::read_dir(folder).ok());
    let mut folders: Vec<PathBuf> = rustup.into_iter().map(|(_, folder)| folder).collect();
    // A host toolchain that is not rustup's.
    let host = ask(Command::new("rustc").args(["--print", "sysroot"]));
    folders.extend(host.ok().map(|folder| folder.trim().into()));
    folders.push("/usr".into());
    folders.extend(
        unpacked
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path()),
    );
    // rustup can have two names for one folder.
    let mut seen = Vec::new();
    folders.retain(|folder| {
        let rustc = fs::canonicalize(folder.join("bin/rustc")).unwrap_or_default();
        let fresh = rustc.is_file() && !seen.contains(&rustc);
        seen.push(rustc);
        fresh
    });
    folders
}

/// Name and folder of each line of `rustup toolchain list -v`, as in
/// `nightly-x86_64-unknown-linux-gnu (active, default) HOME/.rustup/toolchains/nightly-...`.
fn rustup_folders(list: &str) -> Vec<(String, PathBuf)> {
    let entry = |line: &str| {
        let name = line.split_whitespace().next()?;
        Some((name.to_owned(), PathBuf::from(&line[line.find('/')?..])))
    };
    list.lines().filter_map(entry).collect()
}

fn inspect(folder: &Path, llvm: &Llvm) -> Result<Toolchain> {
    let toolchain = |version| Toolchain {
        folder: folder.to_owned(),
        version,
    };
    let rustc = toolchain(String::new()).rustc();
    let verbose = ask(Command::new(&rustc).arg("-vV"))?;
    let value = |key: &str| verbose.lines().find_map(|line| line.strip_prefix(key));
    let release = value("release: ").context("`rustc -vV` names no release")?;
    let its_llvm = value("LLVM version: ").context("`rustc -vV` names no LLVM")?;
    if numbers(release) < numbers(OLDEST) {
        bail!("rustc {release} is older than {OLDEST}");
    }
    if llvm::major(its_llvm) > llvm::major(&llvm.version) {
        bail!(
            "its LLVM {its_llvm} is newer than the linker's {}",
            llvm.version
        );
    }
    let sysroot = ask(Command::new(&rustc).args(["--print", "sysroot"]))?;
    let sysroot = Path::new(sysroot.trim());
    if fs::canonicalize(sysroot)? != fs::canonicalize(folder)? {
        bail!("it stands for the one in {}", sysroot.display());
    }
    let source = sysroot.join("lib/rustlib/src/rust/library");
    if !source.join("core/Cargo.toml").exists() {
        bail!("the source of `core` is not in {}", source.display());
    }
    Ok(toolchain(format!("rustc {release} (LLVM {its_llvm})")))
}

/// Major and minor number of a release, for comparison.
fn numbers(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split('.').map_while(|part| part.parse().ok());
    Some((parts.next()?, parts.next()?))
}

/// Unpacked rather than installed: Debian's `rustc-web` conflicts with Debian's `rustup`, would
/// put another `rustc` before every project of this machine, and needs root.
fn unpack_debian() -> Result<PathBuf> {
    let version = debian::newest("rustc-web", OLDEST)?;
    let (major, minor) = numbers(&version).context("`rustc-web` has no version")?;
    let runtime = format!("libstd-rust-web-{major}.{minor}");
    let folder = debian::unpacked_folder()?.join(format!("rust-{major}.{minor}"));
    let partial = debian::unpacked_folder()?.join("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    let packages = ["rustc-web", "libstd-rust-web-dev", &runtime, "rust-web-src"];
    // The rest of the source is LLVM's and the compiler's: 340 MB that nobody reads.
    debian::unpack(
        &packages,
        &[("rust-web-src", "*/library"), ("rust-web-src", "*/rust")],
        &partial,
    )?;
    give_rustup_layout(&partial.join("usr"))?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(partial.join("usr"), &folder)?;
    fs::remove_dir_all(&partial)?;
    Ok(folder)
}

/// Debian finds `librustc_driver` in the system's library folder. In a toolchain as rustup lays
/// it out, it is in `lib`, and `bin/rustc` has to say so to the dynamic loader.
fn give_rustup_layout(usr: &Path) -> Result<()> {
    for folder in fs::read_dir(usr.join("lib"))? {
        let folder = folder?.path();
        for file in fs::read_dir(&folder)? {
            let file = file?;
            if file
                .file_name()
                .to_string_lossy()
                .starts_with("librustc_driver")
            {
                fs::rename(file.path(), usr.join("lib").join(file.file_name()))?;
            }
        }
    }
    let rustc = usr.join("bin/rustc");
    fs::rename(&rustc, usr.join("bin/rustc-bin"))?;
    let script = "#!/bin/sh\n\
        bin=$(dirname \"$(readlink -f \"$0\")\")\n\
        export LD_LIBRARY_PATH=\"$bin/../lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\"\n\
        exec \"$bin/rustc-bin\" \"$@\"\n";
    fs::write(&rustc, script)?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn add_rust_src() -> Result<PathBuf> {
    say("adding the source of `core` to the host toolchain with rustup");
    run(Command::new("rustup").args(["component", "add", "rust-src"]))?;
    Ok(ask(Command::new("rustc").args(["--print", "sysroot"]))?
        .trim()
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustup_lists_names_and_folders() {
        let list = "stable-x86_64 (default) /home/a b/.rustup/toolchains/stable\nbpf-core /usr\n\
                    no installed toolchains\n";
        let expected = [
            ("stable-x86_64", "/home/a b/.rustup/toolchains/stable"),
            ("bpf-core", "/usr"),
        ];
        let expected = expected.map(|(name, folder)| (name.to_owned(), PathBuf::from(folder)));
        assert_eq!(rustup_folders(list), expected);
    }

    #[test]
    fn releases_compare_by_number() {
        assert!(numbers("1.100.0") > numbers("1.96.0+dfsg1-1~deb12u2"));
        assert_eq!(numbers("1.97.0-nightly"), Some((1, 97)));
    }
}
