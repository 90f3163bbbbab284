//! Whether the kernel takes an object's licence for compatible with GPL: some things are only for those.

use crate::{Loader, Scene};

/// What a kernel has for others.
pub(crate) const FOR_GPL: &str = "only for programs under a licence that is compatible with GPL";

/// Source: `license_is_gpl_compatible` in `include/linux/license.h`.
pub(crate) fn is_gpl(scene: &Scene<'_>) -> bool {
    let of_kernel = [
        "GPL",
        "GPL v2",
        "GPL and additional rights",
        "Dual BSD/GPL",
        "Dual MIT/GPL",
        "Dual MPL/GPL",
    ];
    match scene.object.license() {
        Some(licence) => of_kernel.contains(&licence),
        // aya loads an object without the section under `GPL`.
        None => matches!(scene.loader, Loader::Aya(..)),
    }
}
