//! Files with a kernel, and folders: the running kernel's `/sys/kernel/btf`, and archives of BTF such as BTFHub's.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_catalogue::{Kernel, architecture_of_release, debian_architecture};

use crate::error::{Error, Fault};
use crate::{KernelTypes, Module, read_bytes, vmlinux};

/// A file that has a kernel, or the folder of a running one: found by [`find`](crate::find), not read yet.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    place: Place,
}

/// How a source was found.
#[derive(Clone, Debug)]
enum Place {
    /// By its own name.
    Named,
    /// In this folder.
    In(PathBuf),
    /// It is a folder with a file for the kernel and for each module.
    Running,
}

impl Source {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the kernel.
    ///
    /// # Errors
    /// When there is no kernel with BTF in it.
    pub fn read(&self) -> Result<KernelTypes, Error> {
        match &self.place {
            Place::Named => read_file(&self.path),
            Place::In(folder) => {
                let mut types = read_file(&self.path)?;
                name_by_path(&mut types, folder, &self.path);
                Ok(types)
            }
            Place::Running => running(&self.path),
        }
    }
}

fn read_file(path: &Path) -> Result<KernelTypes, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let bytes = fs::read(path).map_err(|error| Fault::from(error).at(path))?;
    let mut types = read_bytes(&name, bytes).map_err(|fault| fault.at(path))?;
    name_by_place(&mut types.kernel, path);
    Ok(types)
}

/// Finds the kernels of a file or folder.
pub(crate) fn find(path: &Path) -> Result<Vec<Source>, Error> {
    let metadata = fs::metadata(path).map_err(|error| Fault::from(error).at(path))?;
    let alone = |place| Source {
        path: path.to_owned(),
        place,
    };
    match metadata.is_dir() {
        false => Ok(vec![alone(Place::Named)]),
        true if path.join("vmlinux").is_file() => Ok(vec![alone(Place::Running)]),
        true => in_folder(path),
    }
}

fn in_folder(folder: &Path) -> Result<Vec<Source>, Error> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(Fault::NoKernel(
            "the folder has no `vmlinux`, `.btf`, `.btf.tar.xz`, `.deb` or `.rpm`",
        )
        .at(folder));
    }
    let sources = files.into_iter().map(|path| Source {
        path,
        place: Place::In(folder.to_owned()),
    });
    Ok(sources.collect())
}

/// The kernel and the modules of a folder that has a file each.
fn running(folder: &Path) -> Result<KernelTypes, Error> {
    let mut types = read_file(&folder.join("vmlinux"))?;
    for entry in entries(folder)? {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name == "vmlinux" || name.ends_with(".inline") {
            continue;
        }
        let bytes = fs::read(&entry).map_err(|error| Fault::from(error).at(&entry))?;
        if vmlinux::is_btf(&bytes) {
            types.modules.push(Module {
                name,
                btf: bytes,
                base: None,
            });
        }
    }
    types.modules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(types)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = || {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    let entries: std::io::Result<Vec<PathBuf>> = read();
    entries.map_err(|error| Fault::from(error).at(folder))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_kernel = [".btf", ".btf.tar.xz", ".deb", ".rpm"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if path.is_dir() && !path.is_symlink() {
            collect(&path, files)?;
        } else if is_kernel {
            files.push(path);
        }
    }
    Ok(())
}

/// Names a kernel by the place of its BTF, where the file does not tell.
fn name_by_place(kernel: &mut Kernel, path: &Path) {
    if path == Path::new("/sys/kernel/btf/vmlinux")
        && let Ok(release) = fs::read_to_string("/proc/sys/kernel/osrelease")
    {
        kernel.release = release.trim().to_owned();
        kernel.architecture = debian_architecture(std::env::consts::ARCH).to_owned();
    }
    let folder = path.parent().and_then(Path::file_name);
    if let (true, Some(folder)) = (kernel.architecture.is_empty(), folder) {
        let told = architecture_of_release(&folder.to_string_lossy());
        kernel.architecture = told.unwrap_or_default().to_owned();
    }
}

/// `DISTRIBUTION/RELEASE/ARCHITECTURE/KERNEL.btf.tar.xz`, as BTFHub names its files.
fn name_by_path(types: &mut KernelTypes, folder: &Path, file: &Path) {
    let Ok(inner) = file.strip_prefix(folder) else {
        return;
    };
    let names: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
    let [.., distribution, _, architecture, _] = &names[..] else {
        return;
    };
    let kernel = &mut types.kernel;
    if kernel.distribution.is_empty() {
        kernel.distribution = distribution.clone().into_owned();
    }
    if kernel.architecture.is_empty() {
        kernel.architecture = debian_architecture(architecture).to_owned();
    }
}
