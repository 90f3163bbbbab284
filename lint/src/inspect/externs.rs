//! What an object uses of the kernel by name: kfuncs, variables, options of the configuration.

use bpf_core_btf::object::{ExternKind, Object};
use serde::Serialize;

/// An extern.
#[derive(Debug, Serialize)]
pub(super) struct Extern {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// Whether the object loads without it.
    pub(super) is_weak: bool,
}

pub(super) fn all(object: &Object<'_>) -> Vec<Extern> {
    let externs = object.externs().iter().map(|one| Extern {
        name: one.name.to_owned(),
        kind: match one.kind {
            ExternKind::Kfunc => "kfunc",
            ExternKind::Ksym => "ksym",
            ExternKind::Kconfig => "kconfig",
            ExternKind::Unknown => "unknown",
        },
        is_weak: one.is_weak,
    });
    externs.collect()
}
