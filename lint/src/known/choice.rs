//! The kernels that a project supports, and the loader that it uses: options first, then the package's
//! table, then the workspace's, then what the project itself says.

use anyhow::{Context as _, Result};
use bpf_core_catalogue::KernelSet;
use bpf_core_portability::Loader;

use super::Known;
use crate::input::Owner;

/// What the options of the command line ask for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Expressions for kernels. None: as the project says.
    pub kernels: Vec<String>,
    /// The loader.
    pub loader: Option<String>,
}

/// The kernels and the loader that an object is judged on.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The kernels, numbered through all catalogues.
    pub kernels: KernelSet,
    /// The loader.
    pub loader: Loader,
}

impl Choice {
    /// What is asked for, or else what the owner of the object says.
    ///
    /// # Errors
    /// An expression takes no kernel, or the loader is unknown.
    pub fn new(known: &Known<'_>, asked: &Asked, owner: &Owner) -> Result<Self> {
        let tables = || owner.settings.iter().rev();
        let (kernels, whose) = match tables().find(|table| !table.kernels.is_empty()) {
            _ if !asked.kernels.is_empty() => (&asked.kernels[..], "--kernels"),
            Some(table) => (&table.kernels[..], table.name.as_str()),
            None => (&[][..], ""),
        };
        let loader = match tables().find_map(|table| Some((table.loader.as_ref()?, &table.name))) {
            _ if asked.loader.is_some() => asked.loader.as_ref().map(|text| (text, "--loader")),
            Some((loader, name)) => Some((loader, name.as_str())),
            None => owner.loader.as_ref().map(|text| (text, "the project")),
        };
        Ok(Self {
            kernels: known.select(kernels).context(whose.to_owned())?,
            loader: match loader {
                Some((text, whose)) => text.parse().with_context(|| whose.to_owned())?,
                None => Loader::Unnamed,
            },
        })
    }
}
