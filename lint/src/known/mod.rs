//! The kernels that are known: those that the program ships, and the user's own beside them.

mod answers;
mod argument;
mod attached;
mod becomes;
mod choice;
mod event;
mod fold;
mod hook;
mod lack;
mod layout;
mod leads_to;
mod presence;
mod question;
mod spot;
mod supported;
mod target;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::Btf;
use bpf_core_catalogue::{
    Catalogue, Definition, History, Kernel, KernelSet, OpenError, Writer, select,
};
use memmap2::Mmap;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

pub use argument::{Given, Meant, Passed};
pub use attached::Attached;
pub use becomes::Becomes;
pub use choice::{Asked, Choice};
pub use event::{EventLayout, EventPart, OtherEvent, TwoPlaces};
pub use fold::{Build, Fold, builds, fold, phrase};
pub use hook::Hook;
pub use lack::Lack;
pub use layout::{Layout, Several};
pub use leads_to::{LeadsTo, names_in};
pub use presence::{Hooked, is_choice};
pub use question::{Guard, Question};
pub use spot::Spot;
pub use supported::Supported;
pub(crate) use supported::sets;
pub use target::Target;

use crate::digest::digest;

/// Catalogues in a row. Kernels are numbered through all of them.
#[derive(Debug)]
pub struct Known<'a> {
    catalogues: Vec<Catalogue<'a>>,
    kernels: Arc<[Kernel]>,
    /// Names the contents of the user's own catalogue. The program itself names what it ships.
    own: String,
    answers: answers::Answers,
}

/// Where the user's own kernels are.
///
/// # Errors
/// The environment names no folder for it.
pub fn own_file() -> Result<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".local/share"));
    let folder = data.filter(|path| path.is_absolute()).or_else(home);
    let folder = folder.context("neither `XDG_DATA_HOME` nor `HOME` says where to keep kernels")?;
    Ok(folder.join("bpf-core/own.kernels"))
}

/// Opens the catalogues. The user's own stays mapped until the process ends.
///
/// # Errors
/// The user's own catalogue cannot be read.
pub fn open() -> Result<Known<'static>> {
    let mut catalogues = vec![Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?];
    let mut own = String::new();
    let file = own_file()?;
    match map(&file) {
        Ok(bytes) => {
            let catalogue = Catalogue::open(bytes);
            let catalogue = catalogue.with_context(|| file.display().to_string())?;
            own = format!("{:016x}", catalogue.hash());
            catalogues.push(catalogue);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    }
    let kernels = match &catalogues[..] {
        [only] => Arc::clone(only.kernels()),
        several => several
            .iter()
            .flat_map(|of| of.kernels().iter().cloned())
            .collect(),
    };
    Ok(Known {
        catalogues,
        kernels,
        own,
        answers: answers::Answers::default(),
    })
}

/// The bytes of a file, of which the few that are read get into memory.
fn map(path: &Path) -> io::Result<&'static [u8]> {
    let file = File::open(path)?;
    // SAFETY: `kernels add` writes a new file and gives it this name. It changes none that may be mapped.
    let mapped = unsafe { Mmap::map(&file) }?;
    Ok(Box::leak(Box::new(mapped)))
}

/// The one kernel whose BTF a file has, and no other. It stays in memory until the process ends.
///
/// # Errors
/// The file cannot be read, or is no BTF.
pub fn of_btf(path: &Path) -> Result<Known<'static>> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let btf = Btf::parse(&bytes).with_context(|| path.display().to_string())?;
    let mut writer = Writer::new();
    writer.add(Kernel::new("0", ""), &btf, &[])?;
    let file = writer.finish(|block| compress_to_vec(block, CompressionLevel::Fastest));
    let catalogue = Catalogue::open(file.leak())?;
    Ok(Known {
        kernels: Arc::clone(catalogue.kernels()),
        catalogues: vec![catalogue],
        own: digest(&[&bytes]),
        answers: answers::Answers::default(),
    })
}

impl<'a> Known<'a> {
    /// All kernels, by their numbers.
    #[must_use]
    pub fn kernels(&self) -> &Arc<[Kernel]> {
        &self.kernels
    }

    /// A text that is another one for other kernels.
    #[must_use]
    pub fn print(&self) -> &str {
        &self.own
    }

    /// The kernels that a project names; all of them if it names none.
    ///
    /// # Errors
    /// An expression takes no kernel.
    pub fn select(&self, expressions: &[String]) -> Result<KernelSet> {
        let texts: Vec<&str> = expressions.iter().map(String::as_str).collect();
        Ok(select(&self.kernels, &texts)?)
    }

    /// Asks each catalogue about its kernels.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn history<T: Ord + Clone>(
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
            all.absent = all.absent.union(&shifted(&found.absent, first));
            for (value, set) in found.values {
                let set = shifted(&set, first);
                match all.values.iter_mut().find(|(other, _)| *other == value) {
                    Some((_, other)) => *other = other.union(&set),
                    None => all.values.push((value, set)),
                }
            }
        }
        Ok(all)
    }

    /// The catalogues, each with the number of its first kernel.
    pub fn catalogues(&self) -> impl Iterator<Item = (usize, &Catalogue<'a>)> {
        self.catalogues.iter().scan(0, |next, catalogue| {
            let first = *next;
            *next += catalogue.kernels().len();
            Some((first, catalogue))
        })
    }

    /// The name that the newest kernel has for a value of an enum.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn enumerator(&self, enum_name: &str, value: u64) -> Result<Option<String>> {
        let mut newest: Option<([u32; 3], String)> = None;
        for (_, catalogue) in self.catalogues() {
            for entry in catalogue.types_named(enum_name)? {
                let Definition::Enum(of) = entry.definition()? else {
                    continue;
                };
                // `__MAX_BPF_MAP_TYPE` is the number behind the last one.
                let mut names = of.enumerators.into_iter();
                let named = names.find(|(name, of)| *of == value && !name.starts_with("__"));
                let kernels = entry.kernels();
                let numbers = kernels.iter().map(|at| catalogue.kernels()[at].numbers());
                if let (Some((name, _)), Some(numbers)) = (named, numbers.max())
                    && newest.as_ref().is_none_or(|(newest, _)| *newest < numbers)
                {
                    newest = Some((numbers, name));
                }
            }
        }
        Ok(newest.map(|(_, name)| name))
    }

    /// The number of the kernel that is called so.
    ///
    /// # Errors
    /// No kernel is called so, or several are.
    pub fn kernel(&self, name: &str) -> Result<usize> {
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
                const SHOWN: usize = 8;
                let names = found.iter().take(SHOWN);
                let names = names.map(|at| format!("`{}`", self.kernels[*at]));
                let more = match found.len() > SHOWN {
                    true => " and others",
                    false => "",
                };
                bail!(
                    "`{name}` is a part of {} names: {}{more}",
                    found.len(),
                    names.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}

/// The numbers of a catalogue's kernels among those of all catalogues, where its first one is `first`.
#[must_use]
pub fn shifted(kernels: &KernelSet, first: usize) -> KernelSet {
    kernels.iter().map(|at| first + at).collect()
}
