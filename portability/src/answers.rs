//! What the CO-RE records of an object come to on each kernel: a value, a poison, or an error of the
//! loader.

use std::collections::{BTreeMap, HashMap};

use bpf_core_btf::insn::{Insn, Patched, patch};
use bpf_core_btf::object::{Object, Place};
use bpf_core_btf::{
    Btf, BtfExt, CoreRelo, CoreReloKind, Fault, Mismatch, Resolution, ResolveError, Resolver,
    essential_name,
};
use bpf_core_catalogue::{Ask, Catalogue, Group, KernelSet};

use crate::CheckError;
use crate::shape::Shape;

/// A record.
#[derive(Debug)]
pub(crate) struct Record {
    /// Its instruction.
    pub(crate) place: Place,
    pub(crate) kind: CoreReloKind,
    /// What it is about: `struct task_struct.state`.
    pub(crate) subject: String,
    /// Whether no kernel that is known has a type of that name: it is the program's own, and a loader may bring it.
    pub(crate) is_nowhere: bool,
    /// Different answers, each with its kernels. No kernel is in two of them.
    pub(crate) on: Vec<(KernelSet, Answer)>,
}

/// What a record comes to on some kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The instruction takes the kernel's value.
    Value {
        insn: Insn,
        /// Of the place of a field: what the object declares, and what the kernel has.
        field: Option<Box<(Shape, Shape)>>,
    },
    /// The kernel has no answer. The loader writes a call that the verifier refuses if it is reached.
    /// The text says what the kernel has instead.
    Poison(String),
    /// The loader refuses the object, for this reason.
    Error { is_ambiguous: bool, why: String },
}

/// The records of an object, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    records: Vec<Record>,
    by_place: HashMap<Place, usize>,
}

impl Answers {
    /// Asks all kernels.
    ///
    /// Records of different types are asked for by themselves: kernels that differ in one type often
    /// agree on another.
    pub(crate) fn of(
        object: &Object<'_>,
        ext: Option<&BtfExt<'_>>,
        catalogue: &Catalogue<'_>,
        kernels: &KernelSet,
    ) -> Result<Self, CheckError> {
        let mut answers = Self::default();
        let (Some(local), Some(ext)) = (object.btf(), ext) else {
            return Ok(answers);
        };
        let mut by_type: BTreeMap<&str, Vec<(usize, CoreRelo<'_>)>> = BTreeMap::new();
        for (place, relo) in object.records(ext) {
            let number = answers.records.len();
            answers.records.push(Record {
                place,
                kind: relo.kind,
                subject: relo.name(local),
                is_nowhere: false,
                on: Vec::new(),
            });
            answers.by_place.insert(place, number);
            let root = local.type_by_id(relo.type_id);
            let name = root.map_or("", |root| essential_name(root.name()));
            by_type.entry(name).or_default().push((number, *relo));
        }
        for records in by_type.values() {
            let mut ask = Ask::new();
            for (_, relo) in records {
                ask.add_relocation(local, relo);
            }
            for group in catalogue.types(&ask, kernels)? {
                answers.take(object, local, records, &group)?;
            }
            let root = records
                .iter()
                .find_map(|(_, relo)| local.type_by_id(relo.type_id));
            let root = root.map_or("", |root| root.name());
            answers.name_modules(catalogue, root, records)?;
            if !root.is_empty() && catalogue.types_named(root)?.is_empty() {
                for (number, _) in records {
                    answers.records[*number].is_nowhere = true;
                }
            }
        }
        Ok(answers)
    }

    /// Takes the answers of a group of kernels.
    fn take(
        &mut self,
        object: &Object<'_>,
        local: &Btf<'_>,
        records: &[(usize, CoreRelo<'_>)],
        group: &Group,
    ) -> Result<(), CheckError> {
        let vmlinux = Btf::parse(&group.vmlinux).map_err(CheckError::Types)?;
        let modules = group.modules.iter().map(|(_, bytes)| Btf::parse(bytes));
        let modules: Result<Vec<Btf<'_>>, _> = modules.collect();
        let modules = modules.map_err(CheckError::Types)?;
        let mut resolver = Resolver::new(local, &vmlinux);
        modules
            .iter()
            .for_each(|module| resolver.add_module(module));
        for (number, relo) in records {
            let record = &mut self.records[*number];
            let code = object.sections()[record.place.section].data;
            let code = code.get(record.place.at as usize..).unwrap_or(&[]);
            let answer = match resolver.resolve(relo) {
                Ok(resolution) => answer(object, code, resolution),
                Err(ResolveError { fault, .. }) => Answer::Error {
                    is_ambiguous: matches!(
                        fault,
                        Fault::OffsetAmbiguity { .. } | Fault::ValueAmbiguity { .. }
                    ),
                    why: without_ids(&fault.to_string()),
                },
            };
            match record.on.iter_mut().find(|(_, known)| *known == answer) {
                Some((kernels, _)) => *kernels = kernels.union(&group.kernels),
                None => record.on.push((group.kernels.clone(), answer)),
            }
        }
        Ok(())
    }

    /// A kernel whose modules are not known may have a type in one of them, as other kernels do.
    fn name_modules(
        &mut self,
        catalogue: &Catalogue<'_>,
        root: &str,
        records: &[(usize, CoreRelo<'_>)],
    ) -> Result<(), CheckError> {
        let known = catalogue.with_modules();
        for (number, _) in records {
            let on = &mut self.records[*number].on;
            let nothing = Answer::Poison(String::new());
            let Some((lacking, _)) = on.iter_mut().find(|(_, answer)| *answer == nothing) else {
                continue;
            };
            let unknown = lacking.difference(known);
            if unknown.is_empty() {
                continue;
            }
            let types = catalogue.types_named(root)?;
            let mut owners = types.iter().flat_map(|entry| &entry.owners);
            if !owners.any(|(module, _)| module.is_some()) {
                return Ok(());
            }
            *lacking = lacking.intersection(known);
            let has = "its modules are not known: on other kernels a module has the type";
            on.push((unknown, Answer::Poison(has.to_owned())));
            on.retain(|(kernels, _)| !kernels.is_empty());
        }
        Ok(())
    }

    /// All records.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record whose answer the instruction at this place takes, by its number.
    pub(crate) fn at(&self, place: Place) -> Option<usize> {
        self.by_place.get(&place).copied()
    }
}

impl Record {
    /// The answer on a kernel.
    pub(crate) fn on(&self, kernel: usize) -> Option<&Answer> {
        let mut on = self.on.iter();
        let found = on.find(|(kernels, _)| kernels.contains(kernel));
        found.map(|(_, answer)| answer)
    }
}

fn answer(object: &Object<'_>, code: &[u8], mut resolution: Resolution<'_>) -> Answer {
    // Of the section, only the instruction is given.
    let at = std::mem::replace(&mut resolution.relo.insn_off, 0);
    let mut code = code.get(..code.len().min(16)).unwrap_or(&[]).to_vec();
    let patched = patch(&mut code, &resolution);
    match (patched, Insn::read(&code, object.endian())) {
        (Ok(Patched::Value { .. }), Some(insn)) => Answer::Value {
            insn,
            field: field(&resolution).map(Box::new),
        },
        (Ok(_), _) => Answer::Poison(instead(&resolution)),
        (Err(error), _) => {
            let mut why = error.to_string();
            if code.is_empty() || !at.is_multiple_of(8) {
                why = format!("no instruction at byte {at}");
            }
            Answer::Error {
                is_ambiguous: false,
                why,
            }
        }
    }
}

/// What a record that asks for a place means, and what it gets.
fn field(resolution: &Resolution<'_>) -> Option<(Shape, Shape)> {
    let target = resolution.target.as_ref()?;
    if resolution.relo.kind != CoreReloKind::ByteOff {
        return None;
    }
    Some((Shape::of(&resolution.local)?, Shape::of(&target.spec)?))
}

/// What a kernel has where a record has no answer. Empty: nothing of that name.
fn instead(resolution: &Resolution<'_>) -> String {
    if let Some((_, target)) = field(resolution) {
        return format!("`{}`, for which the load has the wrong size", target.name);
    }
    let reasons = resolution
        .rejected
        .iter()
        .map(|rejected| match &rejected.why {
            Mismatch::NoField { field, of } => format!("{of} without `{field}`"),
            other => other.to_string(),
        });
    let mut reasons: Vec<String> = reasons.map(|reason| without_ids(&reason)).collect();
    reasons.sort();
    reasons.dedup();
    reasons.join(", ")
}

/// `[6] struct task_struct` as `struct task_struct`: types of a catalogue have other numbers than the
/// kernel's.
fn without_ids(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out += before;
        match after.split_once("] ") {
            Some((id, behind)) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) => {
                rest = behind;
            }
            _ => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}
