//! The static libraries that libbpf is linked with in a guest: of this machine, or of another architecture,
//! unpacked into the user's cache folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use setup::debian;
use setup::process::{ask, run, say};

use crate::apt::{self, Apt};
use crate::archive::Archive;
use crate::mirror::Mirror;
use crate::pin::Architecture;

/// `libelf.a` of Debian 13 needs the last one.
const PACKAGES: [&str; 3] = ["libelf-dev", "zlib1g-dev", "libzstd-dev"];

/// The folder with `libelf.a` and what it needs. It is in the linker's own path if there is none.
pub(crate) fn folder(architecture: Architecture) -> Result<Option<PathBuf>> {
    match architecture {
        Architecture::Amd64 => Ok(None),
        Architecture::Arm64 => unpacked(architecture.name())
            .map(Some)
            .context("no static libelf for arm64"),
    }
}

/// Whether this `libelf.a` needs libzstd.
pub(crate) fn needs_zstd(folder: Option<&Path>) -> Result<bool> {
    let file = match folder {
        Some(folder) => folder.join("libelf.a"),
        None => ask(Command::new("cc").arg("-print-file-name=libelf.a"))?
            .trim()
            .into(),
    };
    let library = fs::read(&file).with_context(|| {
        format!(
            "no {}: `{}` brings it",
            file.display(),
            debian::install_command(&PACKAGES[..1])
        )
    })?;
    let name = b"ZSTD_compressStream2";
    Ok(library.windows(name.len()).any(|bytes| bytes == name))
}

fn unpacked(architecture: &str) -> Result<PathBuf> {
    let root = debian::unpacked_folder()?.join(format!("libelf-{architecture}"));
    if !root.exists() {
        say(format_args!(
            "missing: libelf for {architecture}; unpacking it for this repository alone"
        ));
        let partial = debian::unpacked_folder()?.join("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        unpack(architecture, &partial)?;
        fs::rename(&partial, &root)?;
    }
    Ok(root)
}

/// Leaves nothing but libraries in `folder`.
fn unpack(architecture: &str, folder: &Path) -> Result<()> {
    let suite = debian::codename().context("this is no release of Debian")?;
    let state = folder.join("apt");
    let source = apt::source(architecture, Mirror::find()?.address(Archive::Main), &suite);
    let apt = Apt::new(&state, &source)?;
    let only = format!("APT::Architectures={architecture}");
    let get = |words: &[&str]| {
        let mut get = apt.get();
        get.args(["-q", "-o", &only]).args(words);
        get
    };
    run(&mut get(&["update"]))?;
    let packages = PACKAGES.map(|package| format!("{package}:{architecture}"));
    run(get(&["download"]).args(packages).current_dir(&state))?;
    let contents = folder.join("contents");
    fs::create_dir_all(&contents)?;
    for entry in fs::read_dir(&state)? {
        let file = entry?.path();
        if file.extension().is_some_and(|end| end == "deb") {
            debian::extract(&file, &["*.a"], &contents)?;
        }
    }
    move_libraries(&contents, folder)?;
    if !folder.join("libelf.a").exists() {
        bail!("the packages have no `libelf.a`");
    }
    fs::remove_dir_all(contents)?;
    Ok(fs::remove_dir_all(state)?)
}

fn move_libraries(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            move_libraries(&entry.path(), to)?;
        } else {
            fs::rename(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
