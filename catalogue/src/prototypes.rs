//! What kernels pass to a program on a function or tracepoint, and whether it is the same under another name.

use std::collections::BTreeSet;

use crate::definition::{Definition, NameSpace, Prototype, Record, TypeRef};
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

    /// Whether two structs begin with a member of one name, as `sockaddr` and the `sockaddr_unsized` do that took
    /// its place in 6.19. A parameter that keeps its name and points to either is the same argument.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn begin_alike(&self, one: &str, other: &str) -> Result<bool, OpenError> {
        Ok(!self.beginnings(one)?.is_disjoint(&self.beginnings(other)?))
    }

    fn beginnings(&self, record: &str) -> Result<BTreeSet<String>, OpenError> {
        let mut names = BTreeSet::new();
        for entry in self.types_named(record)? {
            if let Definition::Record(of) = entry.definition()? {
                begin(&of, &mut names);
            }
        }
        Ok(names)
    }
}

/// The members at the start of a record, those of its unnamed members among them.
fn begin(of: &Record, names: &mut BTreeSet<String>) {
    for member in of.members.iter().filter(|member| member.bit_offset == 0) {
        match &member.type_ref {
            TypeRef::Unnamed(inner) if member.name.is_empty() => {
                if let Definition::Record(inner) = &**inner {
                    begin(inner, names);
                }
            }
            _ if member.name.is_empty() => {}
            _ => {
                names.insert(member.name.clone());
            }
        }
    }
}
