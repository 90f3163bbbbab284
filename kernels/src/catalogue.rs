//! `cargo xtask kernels catalogue`: the kernels of `catalogue/debian/SHA256SUMS`, in the file that the tools
//! ship. Each kernel is kept as a catalogue of its own, so a second run fetches nothing.

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::Btf;
use bpf_core_catalogue::{Catalogue, Writer};
use bpf_core_kernel_files::{Fault, KernelTypes, Modules, read_packages};
use setup::debian;
use setup::process::say;
use setup::workspace;

use crate::choose::{self, Chosen};
use crate::mirror::{Mirror, Refusal};
use crate::pack;
use crate::package::Package;

pub(crate) fn file() -> PathBuf {
    workspace::root().join("catalogue/debian/debian.kernels")
}

/// Writes the catalogue anew. It has all kernels of the list that have BTF, or it is not written.
pub(crate) fn make() -> Result<()> {
    let folder = debian::unpacked_folder()?.join("catalogues");
    fs::create_dir_all(&folder)?;
    let list = choose::all()?;
    fetch_missing(&list, &folder)?;
    let mut writer = Writer::new();
    let mut count = 0;
    for chosen in &list {
        let name = || chosen.kernel.id().to_owned();
        let bytes = fs::read(folder.join(part_name(chosen))).with_context(name)?;
        let catalogue = Catalogue::open(&bytes).with_context(name)?;
        writer.add_all(&catalogue).with_context(name)?;
        count += catalogue.kernels().len();
    }
    let bytes = pack::best(writer)?;
    fs::write(file(), &bytes)?;
    say(format_args!(
        "{count} kernels in {} bytes: {}",
        bytes.len(),
        file().display()
    ));
    Ok(())
}

/// Makes the catalogues of single kernels that are not kept from an earlier run, on all cores.
fn fetch_missing(list: &[Chosen], folder: &Path) -> Result<()> {
    let is_kept = |chosen: &&Chosen| {
        let bytes = fs::read(folder.join(part_name(chosen)));
        bytes.is_ok_and(|bytes| Catalogue::open(&bytes).is_ok())
    };
    let missing: Vec<&Chosen> = list.iter().filter(|chosen| !is_kept(chosen)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mirror = Mirror::find()?;
    let queue = Mutex::new(missing.into_iter());
    let work = || -> Result<()> {
        let next = || queue.lock().map_or(None, |mut queue| queue.next());
        while let Some(chosen) = next() {
            let bytes =
                fetch(&mirror, chosen, folder).with_context(|| chosen.kernel.id().to_owned())?;
            fs::write(folder.join(part_name(chosen)), bytes)?;
        }
        Ok(())
    };
    let cores = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut ends = workers.into_iter().map(|worker| worker.join());
        ends.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn part_name(chosen: &Chosen) -> String {
    let modules = if choose::has_modules(&chosen.kernel) {
        "-modules"
    } else {
        ""
    };
    format!("{}{modules}.kernels", &chosen.kernel.sha256[..16])
}

/// Downloads the packages of a kernel and makes a catalogue of it. Nothing else is kept.
fn fetch(mirror: &Mirror, chosen: &Chosen, folder: &Path) -> Result<Vec<u8>> {
    say(format_args!("fetching {}", chosen.kernel.id()));
    let partial = folder.join(format!("partial-{}", chosen.kernel.id()));
    fs::create_dir_all(&partial)?;
    let bytes = download(mirror, chosen, &partial).and_then(|paths| {
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let modules = if choose::has_modules(&chosen.kernel) {
            Modules::Read
        } else {
            Modules::Skip
        };
        let mut writer = Writer::new();
        match read_packages(&paths, modules) {
            Ok(types) => add(&mut writer, types)?,
            Err(error) if matches!(error.fault, Fault::NoBtf) => {
                say(format_args!("left out: {error}"));
            }
            Err(error) => return Err(error.into()),
        }
        pack::quickly(writer)
    });
    fs::remove_dir_all(&partial)?;
    bytes
}

fn download(mirror: &Mirror, chosen: &Chosen, folder: &Path) -> Result<Vec<PathBuf>> {
    let packages = [Some(&chosen.kernel), chosen.modules.as_ref()];
    packages
        .into_iter()
        .flatten()
        .map(|package: &Package| {
            let path = folder.join(package.file());
            match mirror.download(package, &path) {
                Ok(()) => Ok(path),
                Err(Refusal::Gone) => {
                    bail!("the mirror has it no more: `cargo xtask kernels choose` chooses anew")
                }
                Err(Refusal::OtherContent) => bail!("the mirror has another file under this name"),
                Err(Refusal::Unreachable(why)) => bail!("not fetched: {why}"),
            }
        })
        .collect()
}

fn add(writer: &mut Writer, types: KernelTypes) -> Result<()> {
    let vmlinux = Btf::parse(&types.vmlinux)?;
    let mut modules = Vec::new();
    for module in &types.modules {
        let btf = Btf::parse_split(&module.btf, &vmlinux);
        modules.push((
            module.name.as_str(),
            btf.with_context(|| module.name.clone())?,
        ));
    }
    let modules: Vec<_> = modules.iter().map(|(name, btf)| (*name, btf)).collect();
    let number = writer.add(types.kernel, &vmlinux, &modules)?;
    writer.add_facts(number, &types.facts);
    Ok(())
}
