//! Functions that a kprobe is put on, by the kernel's own symbols.

use bpf_core_catalogue::{KernelSet, Symbol};
use bpf_core_kernel_facts::syscall;

use super::in_modules;
use crate::finding::Effect;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// The kernel refuses a name that several functions have.
///
/// Source: `number_of_same_symbols` in `kernel/trace/trace_kprobe.c`, commit b022f0c7e404.
const REFUSES_SHARED_NAMES: [u32; 3] = [6, 7, 0];

pub(super) fn check(scene: &Scene<'_>, name: &str, cases: &mut Cases) -> Result<(), CheckError> {
    let symbol = scene.catalogue.symbol(name)?;
    let presence = scene.catalogue.function(name)?;
    let refused = [
        (&symbol.unprobeable, "kprobes are refused there"),
        (&symbol.init, "it is freed once the kernel has booted"),
    ];
    for (kernels, has) in refused {
        cases.add(kernels, Effect::NotAttached, has);
    }
    cases.add(
        &newer(scene, &symbol),
        Effect::NotAttached,
        "another function has the same name",
    );
    cases.are_well(&symbol.code);
    cases.are_well(&presence.there.difference(&symbol.known));
    if scene.loader.tries_wrappers() && name.starts_with("sys_") {
        for wrapper in syscall::wrapped(name) {
            cases.are_well(&scene.catalogue.symbol(&wrapper)?.code);
        }
    }
    in_modules(scene, &presence.modules, &Effect::NotAttached, cases);
    for (changed, there) in scene.catalogue.changed(name)? {
        let has = format!("`{changed}`, which the compiler made of it");
        cases.add(&there, Effect::NotAttached, has);
    }
    if symbol.present.is_empty() && presence.is_nowhere() {
        let has = "no kernel that is known has it: a loader may choose another target";
        cases.add(scene.kernels, Effect::Unknown, has);
    }
    cases.add(&symbol.absent(), Effect::NotAttached, "");
    let has = "its symbols are not known, and its BTF has no such function";
    cases.add(scene.kernels, Effect::Unknown, has);
    Ok(())
}

/// The kernels that refuse the name because it is not the only one.
fn newer(scene: &Scene<'_>, symbol: &Symbol) -> KernelSet {
    let kernels = scene.catalogue.kernels();
    let is_newer = |kernel: &usize| kernels[*kernel].numbers() >= REFUSES_SHARED_NAMES;
    symbol.shared_name.iter().filter(is_newer).collect()
}
