//! The kernels that are known: those that the program ships, and the user's own beside them.

use std::path::PathBuf;
use std::{env, fs, io};

use anyhow::{Context as _, Result, bail};
use bpf_core_catalogue::{Catalogue, History, Kernel, KernelSet, OpenError};

/// Catalogues in a row. Kernels are numbered through all of them.
pub(super) struct Known<'a> {
    catalogues: Vec<Catalogue<'a>>,
    kernels: Vec<Kernel>,
}

/// Where the user's own kernels are.
pub(super) fn own_file() -> Result<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".local/share"));
    let folder = data.filter(|path| path.is_absolute()).or_else(home);
    let folder = folder.context("neither `XDG_DATA_HOME` nor `HOME` says where to keep kernels")?;
    Ok(folder.join("bpf-core/own.kernels"))
}

/// Opens the catalogues and asks them.
pub(super) fn with(ask: impl FnOnce(&Known<'_>) -> Result<String>) -> Result<String> {
    let file = own_file()?;
    let own = match fs::read(&file) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let mut catalogues = vec![Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?];
    if let Some(bytes) = &own {
        catalogues.push(Catalogue::open(bytes).with_context(|| file.display().to_string())?);
    }
    let kernels = catalogues.iter().flat_map(Catalogue::kernels);
    let kernels = kernels.cloned().collect();
    ask(&Known {
        catalogues,
        kernels,
    })
}

impl<'a> Known<'a> {
    /// All kernels, by their numbers.
    pub(super) fn kernels(&self) -> &[Kernel] {
        &self.kernels
    }

    /// Asks each catalogue about its kernels.
    pub(super) fn history<T: Ord + Clone>(
        &self,
        ask: impl Fn(&Catalogue<'a>, &KernelSet) -> Result<History<T>, OpenError>,
    ) -> Result<History<T>> {
        let mut all = History {
            values: Vec::new(),
            absent: KernelSet::default(),
        };
        for (first, catalogue) in self.catalogues() {
            let kernels = KernelSet::first(catalogue.kernels().len());
            let found = ask(catalogue, &kernels)?;
            let moved =
                |set: &KernelSet| -> KernelSet { set.iter().map(|at| first + at).collect() };
            all.absent = all.absent.union(&moved(&found.absent));
            for (value, set) in found.values {
                let set = moved(&set);
                match all.values.iter_mut().find(|(other, _)| *other == value) {
                    Some((_, other)) => *other = other.union(&set),
                    None => all.values.push((value, set)),
                }
            }
        }
        Ok(all)
    }

    /// The catalogues, each with the number of its first kernel.
    pub(super) fn catalogues(&self) -> impl Iterator<Item = (usize, &Catalogue<'a>)> {
        self.catalogues.iter().scan(0, |next, catalogue| {
            let first = *next;
            *next += catalogue.kernels().len();
            Some((first, catalogue))
        })
    }

    /// The number of the kernel that is called so.
    pub(super) fn kernel(&self, name: &str) -> Result<usize> {
        let names = |kernel: &Kernel| [kernel.release.clone(), kernel.to_string()];
        let numbered = || self.kernels.iter().enumerate();
        if let Some((at, _)) =
            numbered().find(|(_, kernel)| names(kernel).contains(&name.to_owned()))
        {
            return Ok(at);
        }
        let found: Vec<usize> = numbered()
            .filter(|(_, kernel)| names(kernel).iter().any(|text| text.contains(name)))
            .map(|(at, _)| at)
            .collect();
        match found[..] {
            [] => bail!("no kernel is called `{name}`: `cargo corelint kernels list` lists them"),
            [at] => Ok(at),
            _ => {
                let names: Vec<String> = found
                    .iter()
                    .map(|at| format!("`{}`", self.kernels[*at]))
                    .collect();
                bail!(
                    "`{name}` is a part of {} names: {}",
                    found.len(),
                    names.join(", ")
                )
            }
        }
    }
}
