//! All types that are declared for what is asked.

use bpf_core_catalogue::{KernelSet, NameSpace};

use crate::Error;
use crate::declared::{Body, Declared};
use crate::find::find;
use crate::source::Kernels;
use crate::want::Want;

/// The declarations, those that others contain first.
#[derive(Debug)]
pub struct Model {
    pub(crate) types: Vec<Declared>,
}

impl Model {
    /// Finds what is asked for, and what that contains.
    ///
    /// # Errors
    /// No kernel has a type or a field.
    pub fn new(kernels: &Kernels<'_, '_>, asked: &[(String, Want)]) -> Result<Self, Error> {
        let types = find(kernels, asked)?;
        Ok(Self { types })
    }

    /// Each field of a struct or union that has a name in the kernel: the struct, the field, and the kernels
    /// that have it.
    pub fn fields(&self) -> Vec<(String, String, KernelSet)> {
        let mut all = Vec::new();
        for declared in &self.types {
            let is_tag = matches!(declared.key.0, NameSpace::Struct | NameSpace::Union);
            if let (true, false, Body::Record(fields)) =
                (is_tag, declared.is_unnamed, &declared.body)
            {
                all.extend(fields.iter().map(|field| {
                    let kinds = field.kinds.iter().map(|kind| &kind.on);
                    let sets = kinds.chain(field.left_out.iter().map(|(_, on)| on));
                    let on = sets.fold(KernelSet::default(), |all, on| all.union(on));
                    (declared.key.1.clone(), field.name.clone(), on)
                }));
            }
        }
        all
    }
}
