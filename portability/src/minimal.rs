//! The types that objects need of kernels, as small BTF: for kernels that show none of their own.

use std::collections::BTreeMap;

use bpf_core_btf::object::{Object, ObjectError};
use bpf_core_btf::{Btf, Endian, Kind, Resolver, Use, minimize};
use bpf_core_catalogue::{Ask, Catalogue, KernelSet, is_big_endian};
use bpf_core_kernel_facts::{Program, Target};

use crate::CheckError;

/// The BTF that objects need of one kernel. `targets` has its own BTF, then that of its modules.
///
/// Every record of the objects resolves by it as by the targets, but for `target_type_id`: the ids are
/// others. Damaged parts of the targets are left out, so that a record which a loader refuses for them may resolve. A
/// type of a module is taken in as one of the kernel, as no loader asks modules beside BTF that it
/// is given. The functions and tracepoints that the objects' sections name are there too.
///
/// # Errors
/// An object is damaged.
pub fn minimal<'b>(
    objects: &'b [Object<'b>],
    targets: &[&'b Btf<'b>],
) -> Result<Vec<u8>, ObjectError> {
    let endian = targets
        .first()
        .map_or(Endian::Little, |kernel| kernel.endian());
    minimal_in(endian, objects, targets)
}

/// The BTF that objects need of each of these kernels of a catalogue, with the kernels that share it.
/// Objects of another byte order than a kernel's need nothing of it.
///
/// # Errors
/// An object, or the catalogue, is damaged.
pub fn minimal_of_catalogue(
    objects: &[Object<'_>],
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
) -> Result<Vec<(KernelSet, Vec<u8>)>, CheckError> {
    let ask = ask(objects)?;
    let is_big = |kernel: &usize| is_big_endian(&catalogue.kernels()[*kernel].architecture);
    let mut minimals: BTreeMap<Vec<u8>, KernelSet> = BTreeMap::new();
    for group in catalogue.types(&ask, kernels)? {
        let vmlinux = Btf::parse(&group.vmlinux).map_err(CheckError::Types)?;
        let modules = group.modules.iter().map(|(_, bytes)| Btf::parse(bytes));
        let modules: Vec<Btf<'_>> = modules
            .collect::<Result<_, _>>()
            .map_err(CheckError::Types)?;
        let targets: Vec<&Btf<'_>> = [&vmlinux].into_iter().chain(&modules).collect();
        let (big, little): (KernelSet, KernelSet) = {
            let (big, little): (Vec<usize>, Vec<usize>) = group.kernels.iter().partition(is_big);
            (big.into_iter().collect(), little.into_iter().collect())
        };
        for (endian, kernels) in [(Endian::Little, little), (Endian::Big, big)] {
            let is_loaded = objects.iter().any(|object| object.endian() == endian);
            if is_loaded && !kernels.is_empty() {
                let minimal = minimal_in(endian, objects, &targets)?;
                let all = minimals.entry(minimal).or_default();
                *all = all.union(&kernels);
            }
        }
    }
    let mut minimals: Vec<_> = minimals
        .into_iter()
        .map(|(btf, kernels)| (kernels, btf))
        .collect();
    minimals.sort();
    Ok(minimals)
}

fn minimal_in<'b>(
    endian: Endian,
    objects: &'b [Object<'b>],
    targets: &[&'b Btf<'b>],
) -> Result<Vec<u8>, ObjectError> {
    let mut uses = Vec::new();
    for object in objects.iter().filter(|object| object.endian() == endian) {
        records(object, targets, &mut uses)?;
        for (name, kind) in attach_targets(object) {
            let found = targets.iter().enumerate().find_map(|(target, btf)| {
                let type_id = btf.find_by_name_kind(&name, kind)?.id();
                Some(Use {
                    target,
                    type_id,
                    member: None,
                })
            });
            uses.extend(found);
        }
    }
    Ok(minimize(endian, targets, uses))
}

/// What the records of an object rest on. Each record of a loader that refuses the object does so by the
/// minimal BTF too.
fn records<'b>(
    object: &'b Object<'b>,
    targets: &[&'b Btf<'b>],
    uses: &mut Vec<Use>,
) -> Result<(), ObjectError> {
    let ext = object.btf_ext()?;
    let (Some(local), Some(ext), Some((kernel, modules))) =
        (object.btf(), &ext, targets.split_first())
    else {
        return Ok(());
    };
    let mut resolver = Resolver::new(local, kernel);
    modules
        .iter()
        .for_each(|module| resolver.add_module(module));
    for relo in ext.core_relos().iter().flat_map(|part| &part.records) {
        match resolver.resolve(relo) {
            Ok(resolution) => uses.extend(resolution.uses()),
            Err(error) => uses.extend(error.uses()),
        }
    }
    Ok(())
}

fn ask(objects: &[Object<'_>]) -> Result<Ask, ObjectError> {
    let mut ask = Ask::new();
    for object in objects {
        if let (Some(local), Some(ext)) = (object.btf(), object.btf_ext()?) {
            for relo in ext.core_relos().iter().flat_map(|part| &part.records) {
                ask.add_relocation(local, relo);
            }
        }
        for (name, kind) in attach_targets(object) {
            match kind {
                Kind::Func => ask.add_function(&name),
                _ => ask.add_type(&name),
            }
        }
    }
    Ok(ask)
}

/// What loaders look up in BTF for the sections of an object, by name and kind.
fn attach_targets(object: &Object<'_>) -> Vec<(String, Kind)> {
    let programs = object.programs();
    let sections = programs.map(|program| object.section_of(program).name);
    let targets = sections.filter_map(|section| Target::of(&Program::of_section(section)?));
    let types = targets.filter_map(|target| {
        let kind = match target {
            Target::TypedTracepoint(_) => Kind::Typedef,
            _ => Kind::Func,
        };
        Some((target.btf_name()?, kind))
    });
    types.collect()
}
