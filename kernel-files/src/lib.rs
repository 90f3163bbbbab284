//! Reads the types of a Linux kernel out of whatever file has them.
//!
//! | file | what is read |
//! |---|---|
//! | raw BTF (`/sys/kernel/btf/vmlinux`) | the kernel's types |
//! | a folder of BTF (`/sys/kernel/btf`) | the kernel's and the modules' types |
//! | `vmlinux`, `vmlinuz`, `Image`, `zImage` | types, release, architecture, configuration, symbols |
//! | `.ko`, `.ko.gz`, `.ko.xz`, `.ko.zst` | a module's types, with [`read_module`] |
//! | `.deb`, `.rpm` | image, modules and configuration |
//! | `.btf`, `.btf.tar.xz`, folders of them, as of BTFHub's archive | a kernel each |
//!
//! ```no_run
//! for kernel in bpf_core_kernel_files::read("/boot/vmlinuz-6.12.43".as_ref())? {
//!     println!("{}: {} bytes of BTF", kernel.kernel, kernel.vmlinux.len());
//! }
//! # Ok::<(), bpf_core_kernel_files::Error>(())
//! ```
#![forbid(unsafe_code)]

mod compression;
mod deb;
mod error;
mod facts;
mod folder;
mod image;
mod kallsyms;
mod package;
mod rpm;
mod vmlinux;

use std::fs;
use std::path::Path;

use bpf_core_catalogue::{Facts, Kernel};

pub use error::{Error, Fault};
pub use folder::Source;

/// A kernel's types, and what else its file tells.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KernelTypes {
    /// Which kernel it is. What the file does not tell is empty.
    pub kernel: Kernel,
    /// The BTF of the kernel itself.
    pub vmlinux: Vec<u8>,
    /// The modules that have BTF, by name.
    pub modules: Vec<Module>,
    /// How many modules have none.
    pub modules_without_btf: usize,
    /// The configuration, as `.config` has it.
    pub config: Option<String>,
    /// The symbols and sets of BTF ids that are in the image, and the options of the configuration.
    pub facts: Facts,
}

/// A module's types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Its name, as `lsmod` prints it.
    pub name: String,
    /// Its `.BTF`, split from that of the kernel, or from `base`.
    pub btf: Vec<u8>,
    /// Its `.BTF.base`: the types of the kernel that it refers to, for a module that was built apart from
    /// the kernel.
    pub base: Option<Vec<u8>>,
}

/// Reads the kernels of a file or folder. An archive's folder has several.
///
/// # Errors
/// When there is no kernel with BTF in it.
pub fn read(path: &Path) -> Result<Vec<KernelTypes>, Error> {
    find(path)?.iter().map(Source::read).collect()
}

/// Finds the kernels of a file or folder, for programs that read one after the other, or several at once: the types of
/// a kernel have 5 MB.
///
/// # Errors
/// When a folder has none. Files are not looked into.
pub fn find(path: &Path) -> Result<Vec<Source>, Error> {
    folder::find(path)
}

/// Reads the kernel of a file by its bytes. The name tells the release where the bytes do not.
///
/// # Errors
/// When there is no kernel with BTF in it.
pub fn read_bytes(name: &str, bytes: Vec<u8>) -> Result<KernelTypes, Fault> {
    let mut contents = Contents::default();
    if add_package(&bytes, &mut contents)? {
        return contents.kernel();
    }
    if name.ends_with(".btf.tar.xz") || name.ends_with(".tar") {
        let (_, btf) = deb::only_btf(&bytes)?.ok_or(Fault::NoBtf)?;
        return Ok(of_btf(name, btf));
    }
    if vmlinux::is_btf(&bytes) {
        return Ok(of_btf(name, bytes));
    }
    let is_elf = bytes.starts_with(b"\x7fELF");
    if !is_elf && !image::is_image(&bytes) && Compression::of(&bytes).is_none() {
        return Err(Fault::unknown(&bytes));
    }
    let mut types = of_image(bytes)?;
    types.name_flavour();
    Ok(types)
}

/// Reads a kernel out of the packages that it is spread over, such as `linux-binary` and `linux-modules` of
/// Debian.
///
/// # Errors
/// When a file is no package, or none has a kernel with BTF.
pub fn read_packages(paths: &[&Path], modules: Modules) -> Result<KernelTypes, Error> {
    let mut contents = Contents::default();
    contents.is_image_enough = modules == Modules::Skip;
    for path in paths {
        let bytes = fs::read(path).map_err(|error| Fault::from(error).at(path))?;
        match add_package(&bytes, &mut contents) {
            Ok(true) => {}
            Ok(false) => return Err(Fault::unknown(&bytes).at(path)),
            Err(fault) => return Err(fault.at(path)),
        }
    }
    let last = paths.last().copied().unwrap_or(Path::new(""));
    contents.kernel().map_err(|fault| fault.at(last))
}

/// Whether the modules of a package are read. There are thousands; a kernel's image comes before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Modules {
    /// They are.
    Read,
    /// They are not.
    Skip,
}

/// Whether the bytes are a package. Then it is added to what others have.
fn add_package(bytes: &[u8], contents: &mut Contents) -> Result<bool, Fault> {
    if bytes.starts_with(deb::MAGIC) {
        deb::read(bytes, contents)?;
    } else if bytes.starts_with(rpm::MAGIC) {
        rpm::read(bytes, contents)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Reads a module by the name and the bytes of its file.
///
/// # Errors
/// When the file is damaged, or has no BTF.
pub fn read_module(name: &str, bytes: Vec<u8>) -> Result<Module, Fault> {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let module = package::module_name(stem).unwrap_or_else(|| stem.to_owned());
    let bytes = compression::plain(bytes)?;
    package::module_of(&module, &bytes).ok_or(Fault::NoModuleBtf)
}

use compression::Compression;
use package::Contents;

fn of_image(bytes: Vec<u8>) -> Result<KernelTypes, Fault> {
    let (bytes, architecture) = if image::is_image(&bytes) {
        let unpacked = image::unpack(bytes)?;
        (unpacked.bytes, unpacked.architecture)
    } else {
        let bytes = compression::plain(bytes)?;
        if image::is_image(&bytes) {
            let unpacked = image::unpack(bytes)?;
            (unpacked.bytes, unpacked.architecture)
        } else {
            let architecture = vmlinux::architecture(&bytes);
            (bytes, architecture)
        }
    };
    let release = vmlinux::release(&bytes).unwrap_or_default();
    let mut types = KernelTypes {
        kernel: Kernel::new(&release, architecture.unwrap_or_default()),
        vmlinux: vmlinux::btf(&bytes)?,
        facts: facts::of_image(&bytes),
        ..KernelTypes::default()
    };
    types.configure(vmlinux::config(&bytes));
    Ok(types)
}

/// BTF alone: the name of the file tells the release.
fn of_btf(name: &str, btf: Vec<u8>) -> KernelTypes {
    let release = [".btf.tar.xz", ".btf"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or_default();
    let mut types = KernelTypes {
        kernel: Kernel::new(
            release,
            bpf_core_catalogue::architecture_of_release(release).unwrap_or_default(),
        ),
        vmlinux: btf,
        ..KernelTypes::default()
    };
    types.name_flavour();
    types
}

impl KernelTypes {
    fn configure(&mut self, config: Option<String>) {
        self.facts.config = config.as_deref().map(facts::options);
        self.config = config;
    }

    /// Distributions write the flavour into the release.
    fn name_flavour(&mut self) {
        const FLAVOURS: [&str; 13] = [
            "cloud",
            "rt",
            "aws",
            "azure",
            "gcp",
            "lowlatency",
            "realtime",
            "64k",
            "16k",
            "debug",
            "rpi",
            "uek",
            "lpae",
        ];
        let release = &self.kernel.release;
        let mut words = release.split(['-', '.', '+', '_']);
        if let Some(flavour) = words.find(|word| FLAVOURS.contains(word)) {
            self.kernel.flavour = flavour.to_owned();
        }
    }
}
