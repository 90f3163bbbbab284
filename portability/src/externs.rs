//! What the externs of an object come to on each kernel: there, not there, or a value.

use bpf_core_btf::object::{Extern, ExternKind, Object};
use bpf_core_btf::{Int, Kind, Type, essential_name};
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, NameSpace, OpenError};

use crate::kfunc::Kfunc;

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
        ExternKind::Kfunc if one.is_weak => {
            let there = Kfunc::of(object, catalogue, one.name)?.anywhere();
            Ok(weak(&there, kernels))
        }
        ExternKind::Ksym if one.is_weak => {
            let found = Variable::of(object, catalogue, one.name)?;
            Ok(weak(&kernels.difference(&found.absent), kernels))
        }
        ExternKind::Kconfig => config(object, one, catalogue, kernels),
        _ => Ok(vec![(kernels.clone(), External::Address)]),
    });
    each.collect()
}

fn weak(there: &KernelSet, kernels: &KernelSet) -> Vec<(KernelSet, External)> {
    let both = [
        (kernels.intersection(there), External::Address),
        (kernels.difference(there), External::Absent),
    ];
    both.into_iter()
        .filter(|(kernels, _)| !kernels.is_empty())
        .collect()
}

/// Where a variable of the kernel is.
#[derive(Debug, Default)]
pub(crate) struct Variable {
    /// In these kernels themselves.
    pub(crate) there: KernelSet,
    /// In modules of kernels.
    pub(crate) modules: Vec<(String, KernelSet)>,
    /// These kernels are known not to have it.
    pub(crate) absent: KernelSet,
}

impl Variable {
    /// Asks all kernels: of a variable with a type their BTF, and of one without, `/proc/kallsyms`.
    ///
    /// Source: `bpf_object__resolve_externs` in `libbpf.c`.
    pub(crate) fn of(
        object: &Object<'_>,
        catalogue: &Catalogue<'_>,
        name: &str,
    ) -> Result<Self, OpenError> {
        if is_without_type(object, name) {
            let symbol = catalogue.symbol(name)?;
            return Ok(Self {
                absent: symbol.absent(),
                there: symbol.present,
                modules: symbol.modules,
            });
        }
        let mut found = Self::default();
        for entry in catalogue.functions_named(essential_name(name))? {
            if entry.space != NameSpace::Variable {
                continue;
            }
            for (module, kernels) in entry.owners {
                match module {
                    None => found.there = found.there.union(kernels),
                    Some(module) => found.modules.push((module.to_owned(), kernels.clone())),
                }
            }
        }
        let all = KernelSet::first(catalogue.kernels().len());
        let modules = found.modules.iter();
        found.absent = modules.fold(all.difference(&found.there), |all, (_, kernels)| {
            all.difference(kernels)
        });
        Ok(found)
    }
}

/// Whether an object declares a variable of the kernel as `extern const void`.
pub(crate) fn is_without_type(object: &Object<'_>, name: &str) -> bool {
    type_of(object, name).is_some_and(|of| of.kind() == Kind::Void)
}

/// Of the externs of an object, those that are options, and the kernels on which their values are not
/// known.
pub(crate) fn unknown_options<'d>(
    object: &Object<'d>,
    externs: &Externs,
) -> Vec<(&'d str, KernelSet)> {
    let options = object.externs().iter().zip(externs);
    let options = options.filter(|(one, _)| one.kind == ExternKind::Kconfig);
    let unknown = options.filter_map(|(one, on)| {
        let mut on = on.iter();
        let (kernels, _) = on.find(|(_, value)| *value == External::Config(None))?;
        Some((one.name, kernels.clone()))
    });
    unknown.collect()
}

/// The type of a variable that an object declares, without typedefs and qualifiers.
fn type_of<'o>(object: &'o Object<'_>, name: &str) -> Option<Type<'o>> {
    let btf = object.btf()?;
    let variable = btf.find_by_name_kind(name, Kind::Var)?;
    btf.skip_mods_and_typedefs(variable.referenced()?)
}

/// The value of an option on each kernel.
fn config(
    object: &Object<'_>,
    of: &Extern<'_>,
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
) -> Result<Vec<(KernelSet, External)>, OpenError> {
    let mut on: Vec<(KernelSet, External)> = Vec::new();
    let mut add = |kernels: KernelSet, value| match on
        .iter_mut()
        .find(|(_, known)| *known == External::Config(value))
    {
        Some((known, _)) => *known = known.union(&kernels),
        None => on.push((kernels, External::Config(value))),
    };
    if of.name.starts_with("CONFIG_") {
        let history = catalogue.config(of.name, kernels)?;
        let known = catalogue.known(NameSpace::Config);
        // What is not set is 0, if the object loads at all.
        add(history.absent.intersection(&known), Some(0));
        add(history.absent.difference(&known), None);
        for (text, kernels) in history.values {
            add(kernels, value(object, of.name, &text));
        }
    } else {
        for kernel in kernels.iter() {
            let value = option(of.name, &catalogue.kernels()[kernel]);
            add([kernel].into_iter().collect(), value);
        }
    }
    on.retain(|(kernels, _)| !kernels.is_empty());
    Ok(on)
}

/// The number that libbpf writes for a value of `.config`. `None`: it writes a text, or refuses it.
///
/// Source: `set_kcfg_value_tri` and `set_kcfg_value_num` in `libbpf.c`.
fn value(object: &Object<'_>, name: &str, text: &str) -> Option<u64> {
    let of = type_of(object, name)?;
    let is_letter = of.kind() == Kind::Int && object.btf()?.resolve_size(of.id())? == 1;
    let is_bool = of.int().is_some_and(|int| int.encoding & Int::BOOL != 0);
    match text {
        "y" if is_bool || of.kind() == Kind::Enum => Some(1),
        "m" if of.kind() == Kind::Enum => Some(2),
        "y" | "m" if is_letter && !is_bool => Some(u64::from(text.as_bytes()[0])),
        _ => match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse::<i64>().ok().map(i64::cast_unsigned),
        },
    }
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
