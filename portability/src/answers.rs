//! What the CO-RE records of an object come to on a group of kernels: a value, a poison, or an error
//! of the loader.

use std::collections::HashMap;

use bpf_core_btf::insn::{Insn, PatchError, Patched, patch};
use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, BtfExt, Resolution, ResolveError, Resolver};
use bpf_core_catalogue::{Ask, Catalogue, KernelSet};

use crate::CheckError;
use crate::program::Place;

/// What one record comes to.
#[derive(Debug)]
pub(crate) enum Answer<'g> {
    /// The instruction takes the kernel's value.
    Value {
        resolution: Resolution<'g>,
        insn: Insn,
    },
    /// The kernel has no answer. The loader writes a call that the verifier refuses if it is reached.
    Poison(Resolution<'g>),
    /// The loader refuses the object.
    Unresolved(ResolveError),
    /// The loader refuses the object: the record and its instruction do not fit.
    Unpatched {
        resolution: Resolution<'g>,
        error: PatchError,
    },
}

/// The answers of one group of kernels, by the instruction that takes them.
#[derive(Debug, Default)]
pub(crate) struct Answers<'g> {
    of: HashMap<Place, Answer<'g>>,
}

impl<'g> Answers<'g> {
    /// The answer that the instruction at this place takes, if it has a record.
    pub(crate) fn at(&self, place: Place) -> Option<&Answer<'g>> {
        self.of.get(&place)
    }
}

/// Resolves the records of an object for each group of kernels that do not differ in what it asks.
pub(crate) fn for_each_group(
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
    mut then: impl FnMut(&KernelSet, &Answers<'_>),
) -> Result<(), CheckError> {
    let (Some(local), Some(ext)) = (object.btf(), ext) else {
        then(kernels, &Answers::default());
        return Ok(());
    };
    let mut ask = Ask::new();
    for relo in ext.core_relos().iter().flat_map(|section| &section.records) {
        ask.add_relocation(local, relo);
    }
    for group in catalogue.types(&ask, kernels)? {
        let vmlinux = Btf::parse(&group.vmlinux).map_err(CheckError::Types)?;
        let modules = group.modules.iter().map(|(_, bytes)| Btf::parse(bytes));
        let modules: Vec<Btf<'_>> = modules
            .collect::<Result<_, _>>()
            .map_err(CheckError::Types)?;
        let mut resolver = Resolver::new(local, &vmlinux);
        modules
            .iter()
            .for_each(|module| resolver.add_module(module));
        then(&group.kernels, &resolve(object, ext, &mut resolver));
    }
    Ok(())
}

fn resolve<'g>(object: &Object<'_>, ext: &BtfExt<'g>, resolver: &mut Resolver<'g>) -> Answers<'g> {
    let mut answers = Answers::default();
    for part in ext.core_relos() {
        let sections = object.sections().iter();
        let Some(section) = sections
            .clone()
            .position(|section| section.name == part.name)
        else {
            continue;
        };
        let mut code = object.sections()[section].data.to_vec();
        for relo in &part.records {
            let at = relo.insn_off;
            let answer = match resolver.resolve(relo) {
                Err(error) => Answer::Unresolved(error),
                Ok(resolution) => {
                    let patched = patch(&mut code, &resolution);
                    let insn = code.get(at as usize..);
                    let insn = insn.and_then(|code| Insn::read(code, object.endian()));
                    match (patched, insn) {
                        (Ok(Patched::Value { .. }), Some(insn)) => {
                            Answer::Value { resolution, insn }
                        }
                        (Ok(_), _) => Answer::Poison(resolution),
                        (Err(error), _) => Answer::Unpatched { resolution, error },
                    }
                }
            };
            answers.of.insert(Place { section, at }, answer);
        }
    }
    answers
}
