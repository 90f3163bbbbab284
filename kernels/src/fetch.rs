//! The kernel out of a pinned package, kept for the next time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use setup::debian;
use setup::process::say;

use crate::mirror::{Mirror, Refusal};
use crate::pin::Pin;

/// Brings kernels to this machine.
#[derive(Debug, Default)]
pub(crate) struct Fetcher {
    /// Why no kernel can be fetched, once that is known.
    obstacle: Option<String>,
    mirror: Option<Mirror>,
}

impl Fetcher {
    /// The kernel's image, or why there is none.
    ///
    /// A package that is not the pinned one is an error: it is not to be passed over.
    pub(crate) fn image(&mut self, pin: &Pin) -> Result<Result<PathBuf, String>> {
        let kernels = debian::unpacked_folder()?.join("kernels");
        let folder = kernels.join(pin.package.id());
        let image = folder.join("vmlinuz");
        if image.exists() {
            return Ok(Ok(image));
        }
        if let Some(obstacle) = &self.obstacle {
            return Ok(Err(obstacle.clone()));
        }
        let mirror = match self.mirror.take().map_or_else(Mirror::find, Ok) {
            Ok(mirror) => self.mirror.insert(mirror),
            Err(error) => {
                let obstacle = format!("not fetched: {error:#}");
                return Ok(Err(self.obstacle.insert(obstacle).clone()));
            }
        };
        let partial = kernels.join("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        let package = partial.join("package.deb");
        say(format_args!("fetching {}", pin.package.id()));
        let downloaded = mirror.download(&pin.package, &package);
        let reason = match downloaded {
            Ok(()) => {
                unpack(&package, &partial)?;
                fs::rename(&partial, &folder)?;
                return Ok(Ok(image));
            }
            Err(Refusal::OtherContent) => {
                fs::remove_dir_all(&partial)?;
                bail!(
                    "{}/{} is not the package whose SHA-256 is in kernels/SHA256SUMS: nothing of \
                     it is kept",
                    mirror.address(pin.package.archive),
                    pin.package.path
                );
            }
            Err(Refusal::Gone) => {
                "the mirror has it no more: `cargo xtask kernels pin` looks for its successor"
                    .into()
            }
            Err(Refusal::Unreachable(why)) => {
                let obstacle = format!("not fetched: {why}");
                self.obstacle.insert(obstacle).clone()
            }
        };
        fs::remove_dir_all(&partial)?;
        Ok(Err(reason))
    }
}

/// Leaves nothing but `vmlinuz` in `folder`.
fn unpack(package: &Path, folder: &Path) -> Result<()> {
    let contents = folder.join("contents");
    fs::create_dir_all(&contents)?;
    // In `/boot` until 7.2, then in `/usr/lib/modules`.
    debian::extract(package, &["*/vmlinuz*"], &contents)?;
    let image = find(&contents)?.with_context(|| format!("no kernel in {}", package.display()))?;
    fs::rename(image, folder.join("vmlinuz"))?;
    fs::remove_dir_all(contents)?;
    fs::remove_file(package)?;
    Ok(())
}

/// The first file in a tree.
fn find(folder: &Path) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            return Ok(Some(entry.path()));
        }
        if let Some(file) = find(&entry.path())? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}
