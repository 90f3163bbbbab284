//! What the kernels pass to a program on a function or tracepoint.

use std::fmt;

use anyhow::Result;
use bpf_core_catalogue::{Definition, KernelSet, Prototype, TypeRef};

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
            let entries = match hook {
                Hook::Function(name) => catalogue.functions_named(name)?,
                Hook::Tracepoint(name) => catalogue.types_named(&format!("btf_trace_{name}"))?,
            };
            for entry in entries {
                let kernels = shifted(&entry.kernels(), first).intersection(kernels);
                let prototype = match entry.definition()? {
                    _ if kernels.is_empty() => continue,
                    Definition::Function { prototype, .. } => prototype,
                    Definition::Typedef(TypeRef::Pointer(to)) => match *to {
                        // The first one is the kernel's own.
                        TypeRef::Prototype(mut of) if !of.parameters.is_empty() => {
                            of.parameters.remove(0);
                            *of
                        }
                        _ => continue,
                    },
                    _ => continue,
                };
                found.push((prototype, kernels));
            }
        }
        Ok(found)
    }
}
