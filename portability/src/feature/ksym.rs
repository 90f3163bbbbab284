//! Functions and variables of the kernel that an object names, and a kernel lacks. A loader refuses the
//! whole object for one that is not weak.

use bpf_core_btf::object::ExternKind;
use bpf_core_catalogue::{Entry, KernelSet, NameSpace};

use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene, kfunc};

/// Judges every extern of the object.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    for one in scene.object.externs() {
        if one.is_weak || !matches!(one.kind, ExternKind::Kfunc | ExternKind::Ksym) {
            // Options of the configuration are not known of all kernels, and libbpf has some of its own.
            continue;
        }
        let mut cases = Cases::of(scene.kernels);
        let mut modules = Vec::new();
        let mut there = |entry: &Entry<'_>| {
            for (module, kernels) in &entry.owners {
                match module {
                    None => cases.are_well(kernels),
                    Some(module) => modules.push(((*module).to_owned(), (*kernels).clone())),
                }
            }
        };
        let mut others = Vec::new();
        if one.kind == ExternKind::Kfunc {
            for version in kfunc::versions(one, scene.object, scene.catalogue)? {
                match version.other {
                    None => there(&version.entry),
                    Some(prototype) => others.push((version.entry.kernels(), prototype)),
                }
            }
        } else {
            let entries = scene.catalogue.functions_named(one.name)?;
            let variables = entries
                .iter()
                .filter(|entry| entry.space == NameSpace::Variable);
            variables.for_each(there);
        }
        for (kernels, prototype) in others {
            let has =
                format!("it has `{prototype}`: declare these types, and structs with members");
            cases.add(&kernels, Effect::Refused, has);
        }
        for (module, kernels) in modules {
            let has = format!("the module `{module}` has it: load the module first");
            cases.add(&kernels, Effect::Refused, has);
        }
        refuse(&mut cases, one.kind, scene.kernels);
        cases.report(findings, Rule::UnknownKsym, None, None, one.name);
    }
    Ok(())
}

fn refuse(cases: &mut Cases, kind: ExternKind, kernels: &KernelSet) {
    if kind == ExternKind::Kfunc {
        cases.add(kernels, Effect::Refused, "");
    } else {
        // BTF has few variables: libbpf looks into `/proc/kallsyms` for those without a type.
        cases.add(
            kernels,
            Effect::Unknown,
            "its BTF has no variable of this name",
        );
    }
}
