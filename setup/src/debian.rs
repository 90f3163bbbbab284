//! Debian's package manager: installs packages, and unpacks some without installing them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{ask, echo, run, say, shown};

/// May wait for another package manager; never asks; never takes a package away to make room
/// (Debian's `rustc-web` conflicts with its `rustup`).
const QUIET: [&str; 5] = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "--no-remove"];

/// Debian or something made of it, where package names are Debian's.
pub fn is_here() -> bool {
    Path::new("/usr/bin/apt-get").exists() && Path::new("/usr/bin/dpkg-deb").exists()
}

/// This process runs as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// `sudo` that asks for no password, where there is one.
pub fn has_silent_sudo() -> bool {
    ask(Command::new("sudo").args(["-n", "true"])).is_ok()
}

/// The command that a person would type to get these packages.
pub fn install_command(packages: &[&str]) -> String {
    let mut command = Command::new("sudo");
    command.args(["apt-get", "install"]).args(packages);
    shown(&command)
}

/// Installs packages, after a look at what is served now if this machine does not know them.
pub fn install(packages: &[&str]) -> Result<()> {
    let by_hand = install_command(packages);
    if !is_root() && !has_silent_sudo() {
        bail!("not root, and `sudo` asks for a password: run `{by_hand}`");
    }
    for package in packages {
        newest(package, "0")?;
    }
    let install = || {
        run(as_root("apt-get")
            .arg("install")
            .args(QUIET)
            .arg("--no-install-recommends")
            .args(packages))
    };
    // The lists may be older than the archive, which then no longer has the files they name.
    if install().is_err() {
        update()?;
        install().with_context(|| format!("not installed; to do it by hand: `{by_hand}`"))?;
    }
    Ok(())
}

/// Downloads packages and unpacks them into `folder`, without root and without installing them.
/// Of a package named in `only`, just the files that match one of its `tar` patterns.
pub fn unpack(packages: &[&str], only: &[(&str, &str)], folder: &Path) -> Result<()> {
    let archives = folder.join("archives");
    fs::create_dir_all(&archives).with_context(|| format!("cannot make {}", archives.display()))?;
    let download = || {
        let mut command = Command::new("apt-get");
        command.args(["download", "-q"]);
        if is_root() {
            // apt's own unprivileged user may not be allowed to write to the folder.
            command.args(["-o", "APT::Sandbox::User=root"]);
        }
        run(command.args(packages).current_dir(&archives))
    };
    if download().is_err() {
        update()?;
        download()?;
    }
    for archive in fs::read_dir(&archives)? {
        let archive = archive?.path();
        let file_name = archive
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let package = file_name.split('_').next().unwrap_or_default();
        let patterns = only
            .iter()
            .filter(|(name, _)| *name == package)
            .map(|(_, pattern)| *pattern);
        say(format_args!("unpacking {file_name}"));
        extract(&archive, &patterns.collect::<Vec<_>>(), folder)?;
    }
    fs::remove_dir_all(&archives)?;
    Ok(())
}

/// Where packages are unpacked. Outside `target/`: rustup may know a toolchain there, and
/// `cargo clean` must not break that.
pub fn unpacked_folder() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("bpf-core"))
}

/// As `unpack`, with all that the packages need and this machine has not installed. For programs
/// that cannot be installed beside what is there: Debian's qemu may put another package out.
pub fn unpack_with_dependencies(packages: &[&str], folder: &Path) -> Result<()> {
    for package in packages {
        newest(package, "0")?;
    }
    let simulated = ask(Command::new("apt-get")
        .args(["install", "--simulate", "--no-install-recommends"])
        .args(packages)
        .env("LC_ALL", "C"))?;
    unpack(&not_installed(&simulated), &[], folder)
}

/// What `apt-get install --simulate` would install: lines as `Inst libfdt1 (1.6.1-4 Debian ...)`.
/// One that is only old here has its version in brackets before, and does.
fn not_installed(simulated: &str) -> Vec<&str> {
    let packages = simulated.lines().filter_map(|line| {
        let (package, after) = line.strip_prefix("Inst ")?.split_once(' ')?;
        (!after.starts_with('[')).then_some(package)
    });
    packages.collect()
}

/// Unpacks a package. Of its files, if there are patterns, just those that match one.
pub fn extract(archive: &Path, patterns: &[&str], folder: &Path) -> Result<()> {
    let mut contents = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(archive)
        .stdout(Stdio::piped())
        .spawn()
        .context("`dpkg-deb` cannot be started")?;
    let stdout = contents.stdout.take().context("`dpkg-deb` has no output")?;
    let unpacked = Command::new("tar")
        .args(["-x", "--no-same-owner", "--wildcards", "-C"])
        .arg(folder)
        .args(patterns)
        .stdin(stdout)
        .status()
        .context("`tar` cannot be started")?;
    if !contents.wait()?.success() || !unpacked.success() {
        bail!("{} cannot be unpacked", archive.display());
    }
    Ok(())
}

/// The version of a package that would be installed: at least `oldest`, after a look at what is
/// served now if what this machine knows is older.
pub fn newest(package: &str, oldest: &str) -> Result<String> {
    if let Some(version) = candidate(package, oldest) {
        return Ok(version);
    }
    update()?;
    if let Some(version) = candidate(package, oldest) {
        return Ok(version);
    }
    let served = || candidate(package, oldest);
    with_security_suite(package, served)?.with_context(|| {
        format!("`{package}` ({oldest} or later) is in none of apt's sources that can be reached")
    })
}

fn candidate(package: &str, oldest: &str) -> Option<String> {
    let policy = ask(Command::new("apt-cache")
        .args(["policy", package])
        .env("LC_ALL", "C"))
    .ok()?;
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    let compare = ["--compare-versions", version, "ge", oldest];
    let serves = version != "(none)" && ask(Command::new("dpkg").args(compare)).is_ok();
    serves.then(|| version.to_owned())
}

/// Looks at what is served now.
pub fn update() -> Result<()> {
    if !is_root() && !has_silent_sudo() {
        bail!("the package lists are missing or old: run `sudo apt-get update`");
    }
    run(as_root("apt-get").args(["update", "-q"]))
}

/// Debian 12 has LLVM 22 only in its security suite. The installer and the official images
/// switch that on; a bare `debootstrap` does not. Where it is off, this switches it on and keeps
/// it if it has what `served` looks for.
fn with_security_suite(
    package: &str,
    served: impl Fn() -> Option<String>,
) -> Result<Option<String>> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let (Some("debian"), Some(codename)) = (
        os_release(&release, "ID"),
        os_release(&release, "VERSION_CODENAME"),
    ) else {
        return Ok(None);
    };
    let suite = format!("{codename}-security");
    let sources = ask(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(CODENAME) $(REPO_URI)",
        "Created-By: Packages",
    ]))?;
    let repository = |name: &str| {
        sources
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    };
    let (None, Some(main)) = (repository(&suite), repository(codename)) else {
        return Ok(None);
    };
    let line = format!("deb {}-security {suite} main", main.trim_end_matches('/'));
    say(format_args!(
        "`{package}` is not in Debian {codename} itself: switching on its security suite"
    ));
    let list = Path::new("/etc/apt/sources.list.d/debian-security.list");
    write_as_root(list, &format!("{line}\n"))?;
    let found = update().ok().and_then(|()| served());
    if found.is_none() {
        // A source that does not work would fail every later update of this machine.
        run(as_root("rm").arg(list))?;
        say(format_args!("`{line}` does not have it"));
    }
    Ok(found)
}

/// What Debian calls the release that is installed: `bookworm`.
pub fn codename() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    os_release(&release, "VERSION_CODENAME").map(str::to_owned)
}

/// A value of /etc/os-release.
fn os_release<'text>(text: &'text str, key: &str) -> Option<&'text str> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(value.trim_matches('"'))
}

fn as_root(program: &str) -> Command {
    let mut command = if is_root() {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", program]);
        sudo
    };
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}

fn write_as_root(path: &Path, text: &str) -> Result<()> {
    let mut command = as_root("tee");
    let command = command
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    echo(&format!("echo '{}' | {}", text.trim_end(), shown(command)));
    let mut tee = command.spawn()?;
    tee.stdin
        .take()
        .context("`tee` has no input")?
        .write_all(text.as_bytes())?;
    if !tee.wait()?.success() {
        bail!("cannot write {}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_unpacked_beside_itself() {
        let simulated = "Reading package lists...\nRemv qemu-utils [1:10.0]\n\
            Inst libfdt1 (1.6.1-4+b1 Debian:12.15/oldstable [amd64])\n\
            Inst libc6 [2.36-9] (2.36-10 Debian:12.15/oldstable [amd64])\n\
            Conf libfdt1 (1.6.1-4+b1 Debian:12.15/oldstable [amd64])\n";
        assert_eq!(not_installed(simulated), ["libfdt1"]);
    }

    #[test]
    fn os_release_values_lose_their_quotes() {
        let text = "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(os_release(text, "ID"), Some("debian"));
        assert_eq!(os_release(text, "VERSION_ID"), Some("12"));
        assert_eq!(os_release(text, "VERSION"), None);
    }
}
