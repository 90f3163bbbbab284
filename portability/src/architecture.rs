//! Tells for which architectures an object is built: those of its byte order. The registers of a context
//! (`struct pt_regs`) have names and places of their own on each, so an object with these is loaded there alone.

use std::collections::BTreeSet;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Endian, Kind, Type};
use bpf_core_catalogue::{Catalogue, Definition, KernelSet, OpenError, Record, is_big_endian};

use crate::answers::{self, Answer, Answers};

/// Structs whose fields are registers (`PT_REGS_PARM1` of libbpf's `bpf_tracing.h`).
const REGISTERS: [&str; 4] = [
    "struct pt_regs",
    "struct user_pt_regs",
    // On s390.
    "typedef user_pt_regs",
    "struct user_regs_struct",
];

/// The kernels of those architectures that the object is built for: libbpf opens no object of another byte order
/// (`bpf_object__check_endianness`). An object that names registers of several architectures chooses at run time.
/// If no asked kernel has the byte order, all are judged: the same source may be built for them. None is, if no
/// kernel has a register: the object is for an architecture of which no kernel is known. Where no record names a
/// register, the object reads them where they are in the struct that it declares.
pub(crate) fn kernels_for(
    object: &Object<'_>,
    answers: &Answers,
    catalogue: &Catalogue<'_>,
    asked: &KernelSet,
) -> Result<KernelSet, OpenError> {
    let kernels = catalogue.kernels();
    let architecture = |kernel: usize| kernels[kernel].architecture.as_str();
    let is_big = matches!(object.endian(), Endian::Big);
    let of_its_order = |at: &usize| is_big_endian(architecture(*at)) == is_big;
    let of_its_order: KernelSet = asked.iter().filter(of_its_order).collect();
    if of_its_order.is_empty() {
        return Ok(asked.clone());
    }
    let mut built_for = of_its_order.clone();
    let named = answers.records().iter().filter(|of| is_register(of));
    if named.clone().next().is_none() {
        let declared = declared_for(object, catalogue)?;
        built_for = of_its_order
            .iter()
            .filter(|at| declared.contains(architecture(*at)))
            .collect();
    }
    for record in named {
        let there = record.on.iter();
        let there = there.filter(|(_, answer)| matches!(answer, Answer::Value { .. }));
        let there: BTreeSet<&str> = there
            .flat_map(|(set, _)| set.iter().map(architecture))
            .collect();
        if there.is_empty() {
            return Ok(KernelSet::default());
        }
        let there = built_for
            .iter()
            .filter(|at| there.contains(architecture(*at)));
        built_for = there.collect();
    }
    if built_for.is_empty() {
        return Ok(of_its_order);
    }
    Ok(built_for)
}

fn is_register(record: &answers::Record) -> bool {
    let root = record.subject.split(['.', '[']).next().unwrap_or_default();
    REGISTERS.contains(&bpf_core_btf::essential_name(root))
}

/// The architectures whose registers are where an object declares them: each member is at its place in the kernel's
/// struct.
fn declared_for<'c>(
    object: &Object<'_>,
    catalogue: &'c Catalogue<'_>,
) -> Result<BTreeSet<&'c str>, OpenError> {
    let mut found = BTreeSet::new();
    let Some(btf) = object.btf() else {
        return Ok(found);
    };
    let names = REGISTERS
        .iter()
        .filter_map(|name| name.strip_prefix("struct "));
    for declared in names.filter_map(|name| btf.find_by_name_kind(name, Kind::Struct)) {
        for entry in catalogue.types_named(declared.name())? {
            if let Definition::Record(record) = entry.definition()?
                && entry.name == declared.name()
                && is_like(&declared, &record)
            {
                let all = catalogue.kernels();
                let kernels = entry.kernels();
                found.extend(kernels.iter().map(|at| all[at].architecture.as_str()));
            }
        }
    }
    Ok(found)
}

fn is_like(declared: &Type<'_>, kernel: &Record) -> bool {
    declared.members().all(|member| {
        kernel.members.iter().any(|other| {
            (other.name.as_str(), other.bit_offset) == (member.name, member.bit_offset)
        })
    })
}
