//! Objects that a loader refuses whole, whatever program is asked for: before it loads one, it reads all
//! sections and externs, and creates all maps.

use bpf_core_btf::object::{ExternKind, MapDefinition, Place, Target};

use super::Loader;
use super::limit::{reject, report};
use crate::finding::{Effect, Finding};
use crate::number::Numbers;
use crate::{CheckError, Scene};

/// What decides about `tc` and `ip`.
///
/// Source: `lib/bpf_libbpf.c` and `lib/bpf_legacy.c` of iproute2.
const BUILT: &str = "iproute2 that was built without libbpf has code of its own, which takes it";

/// Judges what is in the object beside its programs' code.
pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let mut refuse = |place, subject: &str, why: &str| {
        let refused = match scene.loader {
            Loader::Iproute2 => (Effect::Unknown, format!("{why}; {BUILT}")),
            _ => (Effect::Refused, why.to_owned()),
        };
        report(scene, findings, (None, place), subject, refused);
    };
    if scene.loader.is_libbpf() {
        legacy_maps(scene, &mut refuse);
        static_programs(scene, &mut refuse);
    }
    let mut refuse = |place, subject: &str, why: &str| {
        reject(scene, findings, (None, place), subject, why.to_owned());
    };
    if scene.loader.is_libbpf() {
        externs(scene, &mut refuse);
    }
    maps(scene, refuse)
}

/// libbpf refuses an object that has the section, used or not.
///
/// Source: `bpf_object__elf_collect` in `libbpf.c` (1.0).
fn legacy_maps(scene: &Scene<'_>, mut refuse: impl FnMut(Option<Place>, &str, &str)) {
    let sections = scene.object.sections();
    let Some(section) = sections.iter().position(|section| section.name == "maps") else {
        return;
    };
    if scene.loader.version() < (1, 0) {
        return;
    }
    let maps = scene.object.maps().iter();
    let place = maps
        .filter(|map| map.section == section)
        .filter_map(|map| scene.first_use(Target::Map(map.name)))
        .min();
    let why = "libbpf 1.0 and later take maps in the section `.maps` alone";
    refuse(place, "section maps", why);
}

/// Source: `bpf_object__add_programs` in `libbpf.c` (0.4).
fn static_programs(scene: &Scene<'_>, mut refuse: impl FnMut(Option<Place>, &str, &str)) {
    for function in scene.object.functions() {
        let is_in_text = scene.object.section_of(function).name == ".text";
        // Code without a symbol is no program to libbpf.
        if function.is_global || is_in_text || function.name.is_empty() {
            continue;
        }
        let place = Place {
            section: function.section,
            at: function.start,
        };
        let subject = format!("static program {}", function.name);
        let why = "libbpf takes no static function in a section of its own: remove `static`";
        refuse(Some(place), &subject, why);
    }
}

/// Source: `bpf_object__collect_externs` in `libbpf.c`.
fn externs(scene: &Scene<'_>, mut refuse: impl FnMut(Option<Place>, &str, &str)) {
    let externs = scene.object.externs().iter();
    for one in externs.filter(|one| one.kind == ExternKind::Unknown) {
        let subject = format!("extern {}", one.name);
        let why = "it is neither `__ksym` nor `__kconfig`, and nothing here defines it: link the object that \
                   does with `bpftool gen object`";
        refuse(scene.first_use(Target::Extern(one.name)), &subject, why);
    }
}

/// The kernel creates no map whose keys have a size that its type cannot have. cilium/ebpf knows the sizes
/// where there is a choice of one.
///
/// Source: `map_alloc_check` and `map_alloc` of each type in `kernel/bpf`; `fixupMagicFields` and `mapSpecFromBTF` of
/// cilium/ebpf; `value_size_override` of aya.
fn maps(
    scene: &Scene<'_>,
    mut refuse: impl FnMut(Option<Place>, &str, &str),
) -> Result<(), CheckError> {
    let types = Numbers::read(scene.catalogue, "bpf_map_type")?;
    for map in scene.object.maps() {
        let definition = scene.object.map_definition(map);
        let name = definition.map_type;
        let name = name.and_then(|number| types.name_of(number.into()));
        let why = name.and_then(|name| badly_sized(scene.loader, &definition, name));
        let Some(why) = why else {
            continue;
        };
        let subject = format!("map {}", map.name);
        refuse(scene.first_use(Target::Map(map.name)), &subject, why);
    }
    Ok(())
}

fn badly_sized(
    loader: &Loader,
    definition: &MapDefinition,
    map_type: &str,
) -> Option<&'static str> {
    let key = definition.key_size.unwrap_or(0);
    match map_type.strip_prefix("BPF_MAP_TYPE_")? {
        "PERF_EVENT_ARRAY" => {
            let is_right = key == 4 && definition.value_size == Some(4);
            let is_filled_in = matches!(loader, Loader::Cilium(..));
            let why = "its keys and its values must have 4 bytes each: write `__uint(key_size, 4)` and \
                       `__uint(value_size, 4)`";
            (!is_right && !is_filled_in).then_some(why)
        }
        "ARRAY" | "PERCPU_ARRAY" | "PROG_ARRAY" | "CGROUP_ARRAY" | "ARRAY_OF_MAPS"
        | "STACK_TRACE" | "DEVMAP" | "CPUMAP" | "XSKMAP" | "SOCKMAP" => {
            let why = "its keys must have 4 bytes: write `__type(key, __u32)`";
            (key != 4).then_some(why)
        }
        "HASH" | "PERCPU_HASH" | "LRU_HASH" | "LRU_PERCPU_HASH" | "HASH_OF_MAPS" | "SOCKHASH"
        | "DEVMAP_HASH" => {
            let why = "its keys have no size: write `__type(key, ...)`";
            (key == 0).then_some(why)
        }
        "RINGBUF" | "USER_RINGBUF" => {
            let is_sized = key != 0 || definition.value_size.is_some_and(|size| size != 0);
            let is_filled_in = match loader {
                Loader::Libbpf(..) | Loader::Iproute2 | Loader::Unnamed => false,
                Loader::Aya(..) => loader.version() >= (0, 14),
                Loader::Cilium(..) => true,
            };
            let why = "a ring buffer has neither keys nor values: remove `__type(key, ...)` and \
                       `__type(value, ...)`";
            (is_sized && !is_filled_in).then_some(why)
        }
        "QUEUE" | "STACK" | "BLOOM_FILTER" => {
            let why = "it has no keys: remove `__type(key, ...)`";
            (key != 0).then_some(why)
        }
        _ => None,
    }
}
