//! What the externs of an object come to on each kernel: there, not there, or a value.

use bpf_core_btf::object::{Extern, ExternKind, Object};
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, NameSpace, OpenError};

use crate::kfunc;

/// What a loader puts in for an extern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum External {
    /// An address.
    Address,
    /// 0: the kernel has no such thing, and the object loads without it.
    Absent,
    /// The value of an option of the configuration, if it is known.
    Config(Option<u64>),
}

/// The externs of an object, by their numbers: different answers, each with its kernels.
pub(crate) type Externs = Vec<Vec<(KernelSet, External)>>;

/// Asks all kernels.
pub(crate) fn of(
    object: &Object<'_>,
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
) -> Result<Externs, OpenError> {
    let externs = object.externs().iter();
    let each = externs.map(|one| match one.kind {
        ExternKind::Kfunc | ExternKind::Ksym if one.is_weak => {
            weak(one, object, catalogue, kernels)
        }
        ExternKind::Kconfig => Ok(config(one, catalogue.kernels(), kernels)),
        _ => Ok(vec![(kernels.clone(), External::Address)]),
    });
    each.collect()
}

fn weak(
    of: &Extern<'_>,
    object: &Object<'_>,
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
) -> Result<Vec<(KernelSet, External)>, OpenError> {
    let mut all = KernelSet::default();
    if of.kind == ExternKind::Kfunc {
        // libbpf takes one with another prototype for absent.
        let versions = kfunc::versions(of, object, catalogue)?;
        for version in versions.iter().filter(|version| version.other.is_none()) {
            all = all.union(&version.entry.kernels());
        }
    } else {
        for entry in catalogue.functions_named(of.name)? {
            if entry.space == NameSpace::Variable {
                all = all.union(&entry.kernels());
            }
        }
    }
    let there = kernels.intersection(&all);
    let absent = kernels.difference(&there);
    let both = [(there, External::Address), (absent, External::Absent)];
    Ok(both
        .into_iter()
        .filter(|(kernels, _)| !kernels.is_empty())
        .collect())
}

fn config(of: &Extern<'_>, all: &[Kernel], kernels: &KernelSet) -> Vec<(KernelSet, External)> {
    let mut on: Vec<(KernelSet, External)> = Vec::new();
    for kernel in kernels.iter() {
        let value = External::Config(option(of.name, &all[kernel]));
        match on.iter_mut().find(|(_, known)| *known == value) {
            Some((kernels, _)) => kernels.insert(kernel),
            None => on.push(([kernel].into_iter().collect(), value)),
        }
    }
    on
}

/// The value of an option that libbpf itself knows (`bpf_object__resolve_externs`).
fn option(name: &str, kernel: &Kernel) -> Option<u64> {
    let [major, minor, patch] = kernel.numbers();
    match name {
        "LINUX_KERNEL_VERSION" => Some(u64::from(major << 16 | minor << 8 | patch.min(255))),
        "LINUX_HAS_BPF_COOKIE" => Some((kernel.numbers() >= [5, 15, 0]).into()),
        "LINUX_HAS_SYSCALL_WRAPPER" => {
            let since: [u32; 3] = match kernel.architecture.as_str() {
                "amd64" | "arm64" | "s390x" => [4, 19, 0],
                "riscv64" => [6, 6, 0],
                _ => return Some(0),
            };
            Some((kernel.numbers() >= since).into())
        }
        _ => None,
    }
}
