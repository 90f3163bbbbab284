//! What a loader rejects, whatever the kernel, and what it resolves otherwise than libbpf does.

use bpf_core_btf::object::{ExternKind, Place};
use bpf_core_btf::{Btf, CoreReloKind, Kind, Spec};
use bpf_core_catalogue::{Definition, KernelSet, NameSpace};

use super::Loader;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges the object by what its loader knows.
pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    sections(scene, findings);
    externs(scene, findings);
    maps(scene, findings);
    records(scene, findings)
}

/// Something that the loader does not take, on all kernels.
pub(super) fn reject(
    scene: &Scene<'_>,
    findings: &mut Vec<Finding>,
    at: (Option<usize>, Option<Place>),
    subject: &str,
    why: String,
) {
    report(scene, findings, at, subject, (Effect::Refused, why));
}

/// The same, or something else that happens on all kernels.
pub(super) fn report(
    scene: &Scene<'_>,
    findings: &mut Vec<Finding>,
    (program, place): (Option<usize>, Option<Place>),
    subject: &str,
    (effect, why): (Effect, String),
) {
    let mut cases = Cases::of(scene.kernels);
    cases.add(scene.kernels, effect, why);
    cases.report(findings, Rule::LoaderUnsupported, program, place, subject);
}

/// `libbpf 1.2 does not know it; libbpf 1.3 does`
fn since(loader: Loader, version: Option<(u32, u32)>) -> String {
    match version {
        Some((major, minor)) => {
            format!(
                "{loader} does not know it; {} {major}.{minor} does",
                loader.name()
            )
        }
        None => format!("{loader} does not know it"),
    }
}

fn sections(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, program) in scene.programs.iter().enumerate() {
        let Err(version) = scene.loader.knows(program.section, program.kind.as_ref()) else {
            continue;
        };
        // aya reads all sections before it loads one.
        let number = (!matches!(scene.loader, Loader::Aya(..))).then_some(number);
        let subject = format!("section {}", program.section);
        let mut why = since(*scene.loader, version);
        if version.is_none() {
            why += ": name the section for the type of its program";
        }
        reject(scene, findings, (number, None), &subject, why);
    }
}

fn externs(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for one in scene.object.externs() {
        // The first version that takes it.
        let version = match (scene.loader, one.kind) {
            (_, ExternKind::Unknown) => continue,
            (Loader::Libbpf(..) | Loader::Iproute2 | Loader::Unnamed, _) => continue,
            (Loader::Aya(..), _) => None,
            (Loader::Cilium(..), ExternKind::Kfunc | ExternKind::Kconfig) => Some((0, 11)),
            (Loader::Cilium(..), ExternKind::Ksym) => Some((0, 17)),
        };
        if version.is_none_or(|version| scene.loader.version() < version) {
            let why = since(*scene.loader, version);
            let subject = format!("extern {}", one.name);
            reject(scene, findings, (None, None), &subject, why);
        }
    }
    let has_struct_ops = scene
        .object
        .sections()
        .iter()
        .any(|section| section.name.starts_with(".struct_ops") && section.size > 0);
    let version = match scene.loader {
        Loader::Cilium(..) => Some((0, 21)),
        _ => None,
    };
    let is_known = scene.loader.is_libbpf()
        || version.is_some_and(|version| scene.loader.version() >= version);
    if has_struct_ops && !is_known {
        let why = since(*scene.loader, version);
        reject(scene, findings, (None, None), "section .struct_ops", why);
    }
}

/// Source: the member `values` in `parse_btf_map_def` of `aya-obj`.
fn maps(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    const ARRAY_OF_MAPS: u32 = 12;
    const HASH_OF_MAPS: u32 = 13;
    let version = (0, 14);
    if !matches!(scene.loader, Loader::Aya(..)) || scene.loader.version() >= version {
        return;
    }
    for map in scene.object.maps() {
        let map_type = scene.object.map_definition(map).map_type;
        if matches!(map_type, Some(ARRAY_OF_MAPS | HASH_OF_MAPS)) {
            let why = since(*scene.loader, Some(version));
            let subject = format!("map of maps {}", map.name);
            reject(scene, findings, (None, None), &subject, why);
        }
    }
}

fn records(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let (Some(btf), Some(ext)) = (scene.object.btf(), scene.object.btf_ext()?) else {
        return Ok(());
    };
    for (place, relo) in scene.object.records(&ext) {
        let place = Some(place);
        let Some(of) = btf.type_by_id(relo.type_id) else {
            continue;
        };
        let subject = format!("{} of {}", relo.kind, of.name());
        let is_aya = matches!(scene.loader, Loader::Aya(..));
        if let Some(spec) = Spec::parse(btf, relo).ok().filter(|_| is_aya)
            && leaves_array(btf, &spec)
        {
            let why = "aya takes an element of an array without a length only from a struct with no other field: declare \
                       a flavour with the array alone, or a length";
            reject(scene, findings, (None, place), &spec.name(), why.to_owned());
        }
        match relo.kind {
            CoreReloKind::TypeMatches => {
                let version = match scene.loader {
                    Loader::Libbpf(..) | Loader::Iproute2 | Loader::Unnamed => Some((1, 0)),
                    Loader::Cilium(..) => Some((0, 15)),
                    Loader::Aya(..) => None,
                };
                if version.is_none_or(|version| scene.loader.version() < version) {
                    let why = since(*scene.loader, version);
                    reject(scene, findings, (None, place), &subject, why);
                }
            }
            CoreReloKind::TypeSize | CoreReloKind::TypeIdTarget if is_aya => {
                let has = "no such type: aya stops the load, even behind a guard";
                let lack = scene.kernels.difference(&having(scene, of.name(), None)?);
                let mut cases = Cases::of(scene.kernels);
                cases.add(&lack, Effect::Refused, has);
                cases.report(findings, Rule::LoaderUnsupported, None, place, subject);
            }
            CoreReloKind::EnumvalExists | CoreReloKind::EnumvalValue if is_aya => {
                let other = having(scene, of.name(), Some(of.kind() != Kind::Enum64))?;
                let has = "an enum of another width: aya does not find its enumerators";
                let effect = match relo.kind {
                    CoreReloKind::EnumvalExists => Effect::WrongValue,
                    _ => Effect::Refused,
                };
                let mut cases = Cases::of(scene.kernels);
                cases.add(&other, effect, has);
                cases.report(findings, Rule::LoaderUnsupported, None, place, subject);
            }
            _ => {}
        }
    }
    let mut kinds = scene.programs.iter().filter_map(|one| one.kind.as_ref());
    let needs_types = scene.object.records(&ext).next().is_some()
        || kinds.any(|kind| kind.section.context.is_typed());
    if needs_types {
        unreadable(scene, findings)?;
    }
    Ok(())
}

/// Whether aya finds an index behind the end of an array. Of one without a length, it takes the element that has the
/// number of the struct's last field.
///
/// Source: `var_len` in `AccessSpec::new` of `aya-obj`.
fn leaves_array(btf: &Btf<'_>, spec: &Spec<'_>) -> bool {
    let mut id = spec.root;
    let mut last_field = None;
    for &index in spec.indices.iter().skip(1) {
        let Some(of) = btf.skip_mods_and_typedefs(id) else {
            return false;
        };
        if let Some(array) = of.array() {
            let is_taken = array.nelems == 0 && last_field == Some(index as usize);
            if index >= array.nelems && !is_taken {
                return true;
            }
            id = array.element;
            continue;
        }
        let members = of.members();
        let Some(member) = members.get(index as usize) else {
            return false;
        };
        if !member.name.is_empty() {
            last_field = (of.kind() == Kind::Struct).then(|| members.len() - 1);
        }
        id = member.type_id;
    }
    false
}

/// The kernels that have a type of this name; if asked, only those where it is an enum with values of 64
/// bits, or without.
fn having(scene: &Scene<'_>, name: &str, wide: Option<bool>) -> Result<KernelSet, CheckError> {
    let mut kernels = KernelSet::default();
    for entry in scene.catalogue.types_named(name)? {
        let is_meant = match wide {
            None => true,
            Some(wide) => matches!(entry.definition()?, Definition::Enum(of) if of.is_wide == wide),
        };
        if is_meant {
            kernels = kernels.union(&entry.kernels());
        }
    }
    Ok(kernels)
}

/// Kernels from 6.0 on have enums with values of 64 bits, and a loader that does not know the kind can read
/// none of their types. Loaders read them for relocations and for programs whose arguments have types.
///
/// Source: `obj_needs_vmlinux_btf` in `libbpf.c`, `Program.Fixups` in `btf.go` of cilium/ebpf 0.8.
fn unreadable(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    // An enum with such values, which every kernel has.
    const WIDE: &str = "perf_callchain_context";
    if scene.loader.reads_wide_enums() {
        return Ok(());
    }
    let mut wide = KernelSet::default();
    for entry in scene.catalogue.types_named(WIDE)? {
        let is_wide = matches!(entry.definition()?, Definition::Enum(of) if of.is_wide);
        if entry.space == NameSpace::Enum && is_wide {
            wide = wide.union(&entry.kernels());
        }
    }
    let mut cases = Cases::of(scene.kernels);
    let why = format!(
        "its BTF has enums of 64 bits: {}",
        since(*scene.loader, Some(scene.loader.of_wide_enums()))
    );
    cases.add(&wide, Effect::Refused, why);
    cases.report(
        findings,
        Rule::LoaderUnsupported,
        None,
        None,
        "the kernel's BTF",
    );
    Ok(())
}
