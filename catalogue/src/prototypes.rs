//! What kernels pass to a program on a function or tracepoint.

use crate::definition::{Definition, NameSpace, Prototype, TypeRef};
use crate::error::OpenError;
use crate::read::Catalogue;
use crate::set::KernelSet;

impl Catalogue<'_> {
    /// The prototypes of a function, each with its kernels.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn prototypes(&self, function: &str) -> Result<Vec<(Prototype, KernelSet)>, OpenError> {
        let mut found = Vec::new();
        for entry in self.functions_named(function)? {
            if let Definition::Function { prototype, .. } = entry.definition()? {
                found.push((prototype, entry.kernels()));
            }
        }
        Ok(found)
    }

    /// The prototypes of a tracepoint (`btf_trace_NAME`), without the first parameter, which is the kernel's own.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn tracepoint_prototypes(
        &self,
        tracepoint: &str,
    ) -> Result<Vec<(Prototype, KernelSet)>, OpenError> {
        let name = format!("btf_trace_{tracepoint}");
        let mut found = Vec::new();
        for entry in self.types_named(&name)? {
            if entry.space != NameSpace::Typedef || entry.name != name {
                continue;
            }
            if let Definition::Typedef(TypeRef::Pointer(to)) = entry.definition()?
                && let TypeRef::Prototype(mut prototype) = *to
                && !prototype.parameters.is_empty()
            {
                prototype.parameters.remove(0);
                found.push((*prototype, entry.kernels()));
            }
        }
        Ok(found)
    }
}
