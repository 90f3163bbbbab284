//! What the kernels pass to a program on a function or tracepoint.

use std::fmt;

use anyhow::Result;
use bpf_core_catalogue::{KernelSet, Prototype};

use super::{Known, shifted};

/// What a program is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Hook {
    /// A function, by its name.
    Function(String),
    /// A tracepoint, by its name without a category.
    Tracepoint(String),
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(name) => write!(f, "`{name}`"),
            Self::Tracepoint(name) => write!(f, "the tracepoint `{name}`"),
        }
    }
}

impl Known<'static> {
    /// What each of these kernels passes to a program on a function or tracepoint.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn prototypes(
        &self,
        hook: &Hook,
        kernels: &KernelSet,
    ) -> Result<Vec<(Prototype, KernelSet)>> {
        let mut found = Vec::new();
        for (first, catalogue) in self.catalogues() {
            let prototypes = match hook {
                Hook::Function(name) => catalogue.prototypes(name)?,
                Hook::Tracepoint(name) => catalogue.tracepoint_prototypes(name)?,
            };
            let prototypes = prototypes.into_iter();
            let here = prototypes
                .map(|(prototype, set)| (prototype, shifted(&set, first).intersection(kernels)));
            found.extend(here.filter(|(_, set)| !set.is_empty()));
        }
        Ok(found)
    }
}
