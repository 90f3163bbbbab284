//! Writes minimal BTF: all of it, or nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::archive::{KernelId, Writer};
use bpf_core_catalogue::machine;

use super::kernels::{Minimal, file_name};

/// Whether a path names a folder: one that is there, or that ends as one.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Writes one file for all. Gives its size.
pub(super) fn archive(minimals: &[Minimal], path: &Path) -> Result<usize> {
    let mut writer = Writer::new();
    for Minimal { kernel, btf } in minimals {
        let machine = machine(&kernel.architecture);
        writer.add(
            KernelId::new(&kernel.release, &kernel.version, machine),
            btf,
        );
    }
    let bytes = writer.finish();
    Partial::write(path, &bytes)?.finish()?;
    Ok(bytes.len())
}

/// Writes a file for each kernel. Gives the size of all.
pub(super) fn folder(minimals: &[Minimal], path: &Path) -> Result<usize> {
    let mut files: BTreeMap<String, &Minimal> = BTreeMap::new();
    for minimal in minimals {
        let name = file_name(&minimal.kernel)?;
        let other = files.insert(name, minimal);
        if let Some(other) = other.filter(|other| other.btf != minimal.btf) {
            bail!(
                "two kernels have the release `{}` and differ, `{}` and `{}`: choose one with `--kernels`, or \
                 write an archive, which tells them apart",
                minimal.kernel.release,
                other.kernel.version,
                minimal.kernel.version
            );
        }
    }
    fs::create_dir_all(path).with_context(|| path.display().to_string())?;
    let partials = files
        .iter()
        .map(|(name, minimal)| Partial::write(&path.join(name), &minimal.btf));
    let partials: Vec<Partial> = partials.collect::<Result<_>>()?;
    partials.into_iter().try_for_each(Partial::finish)?;
    Ok(files.values().map(|minimal| minimal.btf.len()).sum())
}

/// A file under another name until it is complete. It goes if it is dropped before.
struct Partial {
    written: PathBuf,
    path: PathBuf,
}

impl Partial {
    fn write(path: &Path, bytes: &[u8]) -> Result<Self> {
        let mut written = path.as_os_str().to_owned();
        written.push(".partial");
        let partial = Self {
            written: written.into(),
            path: path.to_owned(),
        };
        fs::write(&partial.written, bytes).with_context(|| path.display().to_string())?;
        Ok(partial)
    }

    fn finish(self) -> Result<()> {
        let renamed = fs::rename(&self.written, &self.path);
        renamed.with_context(|| self.path.display().to_string())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `finish` there is none.
        let _ = fs::remove_file(&self.written);
    }
}
