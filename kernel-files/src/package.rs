//! What a distribution's package has of a kernel, whatever the package's format.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::compression::{self, LIMIT};
use crate::error::Fault;
use crate::vmlinux;
use crate::{KernelTypes, Module, of_image};

/// The files of a kernel's packages that tell of it.
#[derive(Default)]
pub(crate) struct Contents {
    /// Modules are not read.
    pub(crate) is_image_enough: bool,
    pub(crate) origin: Origin,
    image: Option<(String, Vec<u8>)>,
    config: Option<String>,
    modules: Vec<Module>,
    without_btf: usize,
}

/// What a package says of itself.
#[derive(Default)]
pub(crate) struct Origin {
    pub(crate) version: String,
    pub(crate) architecture: String,
    pub(crate) distribution: String,
}

impl Contents {
    /// Looks at a file of the package, and keeps what is needed of it. Breaks once there is enough.
    pub(crate) fn take(&mut self, path: &str, file: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut read = || {
            let mut bytes = Vec::new();
            file.take(LIMIT).read_to_end(&mut bytes)?;
            io::Result::Ok(bytes)
        };
        if is_image(path, name) && self.image.is_none() {
            self.image = Some((path.to_owned(), read()?));
        } else if is_config(path, name) {
            self.config = String::from_utf8(read()?).ok();
        } else if let Some(module) = module_name(name).filter(|_| !self.is_image_enough) {
            let bytes = compression::plain(read()?).map_err(io::Error::other)?;
            match module_of(&module, &bytes) {
                Some(module) => self.modules.push(module),
                None => self.without_btf += 1,
            }
        }
        let is_enough = self.is_image_enough && self.image.is_some() && self.config.is_some();
        Ok(if is_enough {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }

    /// The kernel of the package.
    pub(crate) fn kernel(self) -> Result<KernelTypes, Fault> {
        let (path, image) = self.image.ok_or(if self.modules.is_empty() {
            Fault::NoKernel(
                "it may be a meta package, or one with headers, modules or debug info only",
            )
        } else {
            Fault::NoKernel("it has modules only, which need the kernel's own package beside them")
        })?;
        let mut types = of_image(image)?;
        let kernel = &mut types.kernel;
        if kernel.release.is_empty() {
            kernel.release = release_of(&path).unwrap_or_default().to_owned();
        }
        kernel.version = self.origin.version;
        kernel.distribution = self.origin.distribution;
        if !self.origin.architecture.is_empty() {
            kernel.architecture = self.origin.architecture;
        }
        types.name_flavour();
        if self.config.is_some() {
            types.configure(self.config);
        }
        types.modules = self.modules;
        types.modules.sort_by(|a, b| a.name.cmp(&b.name));
        types.modules_without_btf = self.without_btf;
        Ok(types)
    }
}

/// `boot/vmlinuz-RELEASE`, `lib/modules/RELEASE/vmlinuz`, and the names of other architectures.
fn is_image(path: &str, name: &str) -> bool {
    let is_named = ["vmlinuz", "vmlinux", "Image", "image"].iter().any(|stem| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    });
    is_named
        && (path.starts_with("boot/") || path.contains("lib/modules/"))
        && !name.ends_with(".hmac")
}

fn is_config(path: &str, name: &str) -> bool {
    (path.starts_with("boot/") && name.starts_with("config-"))
        || (path.contains("lib/modules/") && name == "config")
}

/// The release in the path of an image.
fn release_of(path: &str) -> Option<&str> {
    if let Some(rest) = path.split("lib/modules/").nth(1) {
        return rest.split('/').next();
    }
    Some(path.rsplit('/').next()?.split_once('-')?.1)
}

/// The name of a module by that of its file, as `lsmod` prints it.
pub(crate) fn module_name(file: &str) -> Option<String> {
    let endings = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"];
    let stem = endings
        .iter()
        .find_map(|ending| file.strip_suffix(ending))?;
    Some(stem.replace('-', "_"))
}

/// The BTF of an unpacked module.
pub(crate) fn module_of(name: &str, bytes: &[u8]) -> Option<Module> {
    Some(Module {
        name: name.to_owned(),
        btf: vmlinux::section(bytes, ".BTF")?,
        base: vmlinux::section(bytes, ".BTF.base"),
    })
}
