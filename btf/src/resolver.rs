//! One relocation after the other against the BTF of a kernel and its modules:
//! `bpf_core_calc_relo_insn` of libbpf.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::fault::{Fault, Mismatch, ResolveError};
use crate::matcher::Matcher;
use crate::minimize::Use;
use crate::relo::CoreRelo;
use crate::relo_kind::CoreReloKind;
use crate::spec::Spec;
use crate::type_id::TypeId;
use crate::types::Type;
use crate::value::{Answer, answer, answer_if_missing, width_is_adjustable};
use bpf_core_kernel_facts::flavour::essential_name;

/// A type of the target with the local type's name.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// Index of the target BTF: 0 for the kernel, then the modules.
    target: usize,
    id: TypeId,
}

/// Resolves the relocations of one object against one kernel.
///
/// Keeps state as libbpf does: once a relocation of a local type has been resolved, the candidates
/// that did not match it are not looked at for later relocations of the same type. So records go
/// in in file order, and every object gets a resolver of its own.
#[derive(Debug)]
pub struct Resolver<'b> {
    local: &'b Btf<'b>,
    targets: Vec<&'b Btf<'b>>,
    candidates: HashMap<TypeId, Vec<Candidate>>,
}

impl<'b> Resolver<'b> {
    /// `local` is the object's own BTF, `target` that of the kernel.
    pub fn new(local: &'b Btf<'b>, target: &'b Btf<'b>) -> Self {
        Self {
            local,
            targets: vec![target],
            candidates: HashMap::new(),
        }
    }

    /// Adds the BTF of a module. Modules are asked, all of them, only for types of which the
    /// kernel itself has no candidate (`bpf_core_find_cands`).
    pub fn add_module(&mut self, module: &'b Btf<'b>) {
        self.targets.push(module);
    }

    /// The answer of the target to one record.
    ///
    /// A field, enumerator or type that the target does not have is no error but a [`Resolution`]
    /// without target; an error is what makes libbpf refuse to load the object.
    pub fn resolve(&mut self, relo: &CoreRelo<'b>) -> Result<Resolution<'b>, ResolveError> {
        let mut uses = Vec::new();
        match self.resolve_noting(relo, &mut uses) {
            Ok(resolution) => Ok(Resolution { uses, ..resolution }),
            Err(fault) => {
                let local_type = self.local.type_by_id(relo.type_id);
                Err(ResolveError {
                    relo: describe(relo, local_type),
                    fault,
                    uses,
                })
            }
        }
    }

    fn resolve_noting(
        &mut self,
        relo: &CoreRelo<'b>,
        uses: &mut Vec<Use>,
    ) -> Result<Resolution<'b>, Fault> {
        let missing = Fault::BadType(relo.type_id);
        let local_type = self.local.type_by_id(relo.type_id).ok_or(missing)?;
        let local = Spec::parse(self.local, relo)?;
        let ours = answer(&local)?;
        let mut resolution = Resolution {
            relo: *relo,
            local_value: ours.value,
            value: Some(ours.value),
            validate: ours.validate,
            target: None,
            width: Width::Same,
            rejected: Vec::new(),
            uses: Vec::new(),
            local,
        };
        if relo.kind == CoreReloKind::TypeIdLocal {
            return Ok(resolution);
        }
        if local_type.name().is_empty() {
            return Err(Fault::AnonymousRoot);
        }
        let mut matching = Vec::new();
        for candidate in self.candidates(&local_type) {
            let Candidate { target, id } = candidate;
            let mut matcher = Matcher::new(self.local, (target, self.targets[target]));
            let matched = matcher.spec(&resolution.local, id);
            uses.append(&mut matcher.uses);
            match matched? {
                Ok(spec) => {
                    let theirs = answer(&spec)?;
                    resolution.agree(&ours, target, spec, &theirs)?;
                    matching.push(candidate);
                }
                Err(why) => resolution.rejected.push(Rejected {
                    target,
                    type_id: id,
                    why,
                }),
            }
        }
        if matching.is_empty() {
            resolution.value = answer_if_missing(relo.kind);
        } else {
            self.candidates.insert(relo.type_id, matching);
        }
        Ok(resolution)
    }

    /// Those left of the local type's candidates; searched for at its first relocation.
    fn candidates(&mut self, local: &Type<'b>) -> Vec<Candidate> {
        let targets = &self.targets;
        self.candidates
            .entry(local.id())
            .or_insert_with(|| find(targets, local))
            .clone()
    }
}

fn find(targets: &[&Btf<'_>], local: &Type<'_>) -> Vec<Candidate> {
    let of_target = |(target, btf): (usize, &&Btf<'_>)| -> Vec<Candidate> {
        btf.types_by_essential_name(essential_name(local.name()))
            .filter(|ty| ty.kind().core_compat(local.kind()))
            .map(|ty| Candidate {
                target,
                id: ty.id(),
            })
            .collect()
    };
    let mut each = targets.iter().enumerate().map(of_target);
    let kernel = each.next().unwrap_or_default();
    if kernel.is_empty() {
        each.flatten().collect()
    } else {
        kernel
    }
}

/// The record in words, for errors that come before there is a spec.
fn describe(relo: &CoreRelo<'_>, local: Option<Type<'_>>) -> String {
    match local {
        Some(local) => format!("<{}> {local} ({})", relo.kind, relo.access),
        None => format!("<{}> [{}] ({})", relo.kind, relo.type_id, relo.access),
    }
}

/// What a record comes to on one target (`struct bpf_core_relo_res`).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Resolution<'b> {
    /// The record.
    pub relo: CoreRelo<'b>,
    /// Its access into the local types.
    pub local: Spec<'b>,
    /// What the compiler wrote into the instruction, unless `validate` is false.
    pub local_value: u64,
    /// What belongs there. `None`: the question has no answer on this target, and the instruction
    /// is replaced by one that the verifier refuses if it can be reached.
    pub value: Option<u64>,
    /// Whether the instruction must hold `local_value`. Not so for type ids and for places of
    /// bit-fields, on which compilers differ.
    pub validate: bool,
    /// The first target type that matches. `None`: the target has no such thing, or was not
    /// asked (`local_type_id`).
    pub target: Option<Match<'b>>,
    /// What happens to the width of a load or store.
    pub width: Width,
    /// Candidates that have the name and do not match, with the reasons.
    pub rejected: Vec<Rejected>,
    /// The parts of the targets that the answer rests on.
    uses: Vec<Use>,
}

impl Resolution<'_> {
    /// The parts of the targets that the answer rests on, for [`minimize`](crate::minimize()). A
    /// missing field has its part too: what was searched in vain.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }
}

impl<'b> Resolution<'b> {
    /// Takes the first match; the others must come to the same.
    fn agree(
        &mut self,
        ours: &Answer,
        target: usize,
        spec: Spec<'b>,
        theirs: &Answer,
    ) -> Result<(), Fault> {
        let Some(Match { spec: first, .. }) = &self.target else {
            self.value = Some(theirs.value);
            self.width = width_change((&self.local, ours), (&spec, theirs));
            self.target = Some(Match { target, spec });
            return Ok(());
        };
        if first.bit_offset != spec.bit_offset {
            let (first, second) = (first.to_string(), spec.to_string());
            return Err(Fault::OffsetAmbiguity { first, second });
        }
        if self.value != Some(theirs.value) {
            return Err(Fault::ValueAmbiguity {
                first: first.to_string(),
                first_value: self.value.unwrap_or_default(),
                second: spec.to_string(),
                second_value: theirs.value,
            });
        }
        Ok(())
    }
}

fn width_change(ours: (&Spec<'_>, &Answer), theirs: (&Spec<'_>, &Answer)) -> Width {
    let size = |answer: &Answer| answer.scalar.map_or(0, |scalar| scalar.size);
    let (local, target) = (size(ours.1), size(theirs.1));
    if local == target {
        Width::Same
    } else if width_is_adjustable((ours.0, ours.1.scalar), (theirs.0, theirs.1.scalar)) {
        Width::Adjust { local, target }
    } else {
        Width::Incompatible { local, target }
    }
}

/// A target type that answers a record.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match<'b> {
    /// Index of the target BTF: 0 for the kernel, 1 for the first module added.
    pub target: usize,
    /// The access in it.
    pub spec: Spec<'b>,
}

/// A target type that has the right name and does not answer the record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Index of the target BTF: 0 for the kernel, 1 for the first module added.
    pub target: usize,
    /// The type.
    pub type_id: TypeId,
    /// Why not.
    pub why: Mismatch,
}

/// What happens to the width of a load or store whose offset is relocated. Sizes are in bytes; 0
/// stands for a bit-field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Local and target field are of one size, or no offset is asked.
    Same,
    /// The instruction takes the target's width: both fields are pointers, or both unsigned.
    Adjust {
        /// Size of the local field.
        local: u32,
        /// Size of the target's.
        target: u32,
    },
    /// A load or store would get a wrong value and is poisoned; arithmetic is not affected.
    Incompatible {
        /// Size of the local field.
        local: u32,
        /// Size of the target's.
        target: u32,
    },
}
