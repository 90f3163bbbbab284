//! Builds the programs of a release such that they run where there is no LLVM, and packs them into archives with
//! their checksums: `cargo xtask release`. Two runs give the same bytes.
//!
//! - `shipped.rs`: which programs there are, for which targets
//! - `build.rs`: builds one, and looks at what it needs to run
//! - `licences.rs`: the licences of all that is in it
//! - `archive.rs`: packs a folder

mod archive;
mod build;
mod licences;
mod shipped;

use std::env::consts::ARCH;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use setup::llvm::Llvm;
use setup::process::{self, say};
use setup::workspace;
use shipped::{SHIPPED, Shipped};

fn main() -> ExitCode {
    process::end_at_closed_pipe();
    process::report(make())
}

fn make() -> Result<()> {
    let llvm = setup::for_release()?;
    let folder = workspace::root().join("target/shipped");
    let mut archives = Vec::new();
    for shipped in &SHIPPED {
        archives.push(pack(shipped, &llvm, &folder)?);
    }
    let sums = archive::checksums(&folder, &archives)?;
    say(format_args!("{}\n{sums}", folder.display()));
    Ok(())
}

/// Makes the archive of a program in `folder`, and gives its name.
fn pack(shipped: &Shipped, llvm: &Llvm, folder: &Path) -> Result<String> {
    let name = shipped.name(env!("CARGO_PKG_VERSION"), ARCH);
    let unpacked = folder.join(&name);
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    fs::create_dir_all(&unpacked)?;
    let copy = |file: &Path| {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, unpacked.join(name)).with_context(|| file.display().to_string())
    };
    for program in build::programs(shipped, llvm, &folder.join("build"))? {
        copy(&program)?;
    }
    copy(&licences::of_rust()?)?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&workspace::root().join(licence))?;
    }
    fs::write(
        unpacked.join("THIRD-PARTY.txt"),
        licences::of(shipped, llvm)?,
    )?;
    archive::pack(folder, &name, archive::date()?)
}
