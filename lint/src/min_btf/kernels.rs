//! The kernels that minimal BTF is made for: of the catalogues, and out of files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::Btf;
use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Kernel, KernelSet};
use bpf_core_kernel_files::{KernelTypes, Source};
use bpf_core_portability::{minimal, minimal_of_catalogue};

use crate::cores;
use crate::known;

/// A kernel, and what the objects need of it.
pub(super) struct Minimal {
    pub(super) kernel: Kernel,
    pub(super) btf: Vec<u8>,
}

/// The BTF for the known kernels that the expressions choose, and for those of the files. Without files, and
/// without expressions, all known kernels are chosen.
pub(super) fn minimals(
    objects: &[Object<'_>],
    expressions: &[String],
    files: &[PathBuf],
) -> Result<Vec<Minimal>> {
    let mut minimals = Vec::new();
    if files.is_empty() || !expressions.is_empty() {
        of_known(objects, expressions, &mut minimals)?;
    }
    let mut sources = Vec::new();
    for file in files {
        sources.extend(bpf_core_kernel_files::find(file)?);
    }
    let read = cores::all(&sources, |source| of_source(objects, source));
    for minimal in read {
        minimals.push(minimal?);
    }
    Ok(minimals)
}

fn of_source(objects: &[Object<'_>], source: &Source) -> Result<Minimal> {
    let types = source.read()?;
    of_file(objects, types).with_context(|| source.path().display().to_string())
}

fn of_known(
    objects: &[Object<'_>],
    expressions: &[String],
    minimals: &mut Vec<Minimal>,
) -> Result<()> {
    let known = known::open()?;
    let chosen = known.select(expressions).context("--kernels")?;
    let mut found = Vec::new();
    for (first, catalogue) in known.catalogues() {
        let numbers = 0..catalogue.kernels().len();
        let of_it: KernelSet = numbers.filter(|at| chosen.contains(first + at)).collect();
        for (kernels, btf) in minimal_of_catalogue(objects, catalogue, &of_it)? {
            found.extend(kernels.iter().map(|at| (first + at, btf.clone())));
        }
    }
    found.sort();
    minimals.extend(found.into_iter().map(|(at, btf)| Minimal {
        kernel: known.kernels()[at].clone(),
        btf,
    }));
    Ok(())
}

fn of_file(objects: &[Object<'_>], types: KernelTypes) -> Result<Minimal> {
    let kernel = types.kernel;
    if kernel.release.is_empty() {
        bail!(
            "the file does not tell the kernel's release: name it `RELEASE.btf`, as `uname -r` prints it"
        );
    }
    if kernel.architecture.is_empty() {
        bail!(
            "neither the file nor its name tells the kernel's architecture: put it into a folder of that name, \
             such as `x86_64`"
        );
    }
    let vmlinux = Btf::parse(&types.vmlinux)?;
    if !objects
        .iter()
        .any(|object| object.endian() == vmlinux.endian())
    {
        bail!("the kernel has another byte order than the objects");
    }
    let mut bases = Vec::new();
    for module in &types.modules {
        let base = module.base.as_deref().map(Btf::parse).transpose();
        bases.push(base.with_context(|| in_module(&module.name))?);
    }
    let mut modules = Vec::new();
    for (module, base) in types.modules.iter().zip(&bases) {
        let btf = Btf::parse_split(&module.btf, base.as_ref().unwrap_or(&vmlinux));
        modules.push(btf.with_context(|| in_module(&module.name))?);
    }
    let targets: Vec<&Btf<'_>> = [&vmlinux].into_iter().chain(&modules).collect();
    let btf = minimal(objects, &targets)?;
    Ok(Minimal { kernel, btf })
}

fn in_module(name: &str) -> String {
    format!("the module `{name}`")
}

/// What BTF is called in a folder.
pub(super) fn file_name(kernel: &Kernel) -> Result<String> {
    let name = format!("{}.btf", kernel.release);
    match Path::new(&name).components().count() {
        1 => Ok(name),
        _ => bail!(
            "`{}` is no release of a kernel: it has a `/`",
            kernel.release
        ),
    }
}
