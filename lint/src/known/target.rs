//! The types of one kernel, to resolve an object's records against: of a known kernel, of files, or of
//! this machine.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::Btf;
use bpf_core_catalogue::{Ask, KernelSet};
use bpf_core_kernel_files::KernelTypes;

use super::Known;

/// The running kernel's types, and those of its modules.
const RUNNING: &str = "/sys/kernel/btf";

/// A kernel's types.
#[derive(Debug)]
pub struct Target {
    /// What to call it: `6.1.176 amd64 cloud`.
    pub name: String,
    vmlinux: Vec<u8>,
    modules: Vec<Module>,
}

#[derive(Debug)]
struct Module {
    name: String,
    btf: Vec<u8>,
    base: Base,
}

/// What the type ids of a module count on from.
#[derive(Debug)]
enum Base {
    Nothing,
    Vmlinux,
    Own(Vec<u8>),
}

impl Target {
    /// The running kernel. `None` if it does not tell its types.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn running() -> Result<Option<Self>> {
        if !Path::new(RUNNING).join("vmlinux").exists() {
            return Ok(None);
        }
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let mut targets = of_files(Path::new(RUNNING))?;
        let mut target = targets.pop().context(RUNNING)?;
        target.name = format!("{} (running)", release.trim());
        Ok(Some(target))
    }

    /// The kernels that a text names: `running`, a known kernel, or a file or folder with types.
    ///
    /// # Errors
    /// The text names no kernel, or its types cannot be read.
    pub fn of(known: &Known<'_>, text: &str, ask: &Ask) -> Result<Vec<Self>> {
        if text == "running" {
            let running = Self::running()?;
            let why = "the running kernel has no types in `/sys/kernel/btf`";
            return Ok(vec![running.context(why)?]);
        }
        match known.kernel(text) {
            Ok(kernel) => Ok(vec![of_known(known, kernel, ask)?]),
            Err(_) if Path::new(text).exists() => of_files(Path::new(text)),
            Err(error) => Err(error.context(format!("`{text}` is no file either"))),
        }
    }

    /// Hands the types over: those of the kernel, and of its modules.
    ///
    /// # Errors
    /// They are damaged.
    pub fn with<T>(&self, use_them: impl FnOnce(&Btf<'_>, &[Btf<'_>]) -> T) -> Result<T> {
        let vmlinux = Btf::parse(&self.vmlinux).with_context(|| self.name.clone())?;
        let of = |module: &Module| format!("the module `{}` of {}", module.name, self.name);
        let bases = self.modules.iter().map(|module| match &module.base {
            Base::Own(bytes) => Btf::parse(bytes).map(Some).with_context(|| of(module)),
            _ => Ok(None),
        });
        let bases = bases.collect::<Result<Vec<_>>>()?;
        let modules = self.modules.iter().zip(&bases).map(|(module, base)| {
            let btf = match (&module.base, base) {
                (Base::Nothing, _) => Btf::parse(&module.btf),
                (_, base) => Btf::parse_split(&module.btf, base.as_ref().unwrap_or(&vmlinux)),
            };
            btf.with_context(|| of(module))
        });
        let modules = modules.collect::<Result<Vec<_>>>()?;
        Ok(use_them(&vmlinux, &modules))
    }
}

fn of_known(known: &Known<'_>, kernel: usize, ask: &Ask) -> Result<Target> {
    for (first, catalogue) in known.catalogues() {
        let Some(at) = kernel.checked_sub(first) else {
            continue;
        };
        if at >= catalogue.kernels().len() {
            continue;
        }
        let only: KernelSet = [at].into_iter().collect();
        let group = catalogue.types(ask, &only)?.last();
        let group = group.context("the catalogue has no types of the kernel")?;
        let modules = group.modules.into_iter().map(|(name, btf)| Module {
            name,
            btf,
            base: Base::Nothing,
        });
        return Ok(Target {
            name: known.kernels()[kernel].to_string(),
            vmlinux: group.vmlinux,
            modules: modules.collect(),
        });
    }
    bail!("no catalogue has kernel {kernel}")
}

fn of_files(path: &Path) -> Result<Vec<Target>> {
    let kernels = bpf_core_kernel_files::read(path)?;
    Ok(kernels
        .into_iter()
        .map(|types| of_types(path, types))
        .collect())
}

fn of_types(path: &Path, types: KernelTypes) -> Target {
    let file = path.file_stem().unwrap_or(path.as_os_str());
    let modules = types.modules.into_iter().map(|module| Module {
        name: module.name,
        btf: module.btf,
        base: module.base.map_or(Base::Vmlinux, Base::Own),
    });
    Target {
        name: match types.kernel.release.as_str() {
            "" => file.to_string_lossy().into_owned(),
            release => release.to_owned(),
        },
        vmlinux: types.vmlinux,
        modules: modules.collect(),
    }
}
