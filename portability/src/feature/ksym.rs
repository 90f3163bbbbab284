//! Functions, variables and options of the kernel that an object names, and a kernel lacks. A loader refuses
//! the whole object for one that is not weak, and the verifier a program that calls one that is.

use bpf_core_btf::object::{Extern, ExternKind, Target};
use bpf_core_btf::{essential_name, insn::Op};
use bpf_core_catalogue::NameSpace;
use bpf_core_kernel_facts::probed::{self, Question};

use crate::externs::Variable;
use crate::finding::{Effect, Finding, Rule};
use crate::kfunc::Kfunc;
use crate::licence;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// The set of kfuncs that programs of all types may call.
///
/// Source: `kfunc_init` in `kernel/bpf/helpers.c`.
const FOR_ALL: &str = "common_btf_ids";

/// Judges every extern of the object.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    for one in scene.object.externs() {
        let mut cases = Cases::of(scene.kernels);
        match one.kind {
            ExternKind::Kfunc => {
                let found = Kfunc::of(scene.object, scene.catalogue, one.name)?;
                calls(scene, one, &found, findings)?;
                addresses(scene, one, &found, findings);
                kfunc(&found, &mut cases);
            }
            ExternKind::Ksym => {
                let found = Variable::of(scene.object, scene.catalogue, one.name)?;
                cases.are_well(&found.there);
                in_modules(&found.modules, &mut cases);
                cases.add(&found.absent, Effect::Refused, "");
                let has = "its symbols are not known";
                cases.add(scene.kernels, Effect::Unknown, has);
            }
            ExternKind::Kconfig if one.name.starts_with("CONFIG_") => {
                let history = scene.catalogue.config(one.name, scene.kernels)?;
                let known = scene.catalogue.known(NameSpace::Config);
                cases.add(&history.absent.intersection(&known), Effect::Refused, "");
                let has = "its configuration is not known";
                cases.add(&history.absent, Effect::Unknown, has);
            }
            // libbpf has a value for the others, such as the version.
            ExternKind::Kconfig | ExternKind::Unknown => continue,
        }
        if !one.is_weak {
            let place = scene.first_use(Target::Extern(one.name));
            cases.report(findings, Rule::UnknownKsym, None, place, one.name);
        }
    }
    Ok(())
}

/// What kernels have in place of a function.
fn kfunc(found: &Kfunc, cases: &mut Cases) {
    cases.are_well(&found.there);
    in_modules(&found.modules, cases);
    for (prototype, kernels) in &found.others {
        let has = format!("it has `{prototype}`: declare these types, and structs with members");
        cases.add(kernels, Effect::Refused, has);
    }
    cases.rest(Effect::Refused, "");
}

fn in_modules(modules: &[(String, bpf_core_catalogue::KernelSet)], cases: &mut Cases) {
    for (module, kernels) in modules {
        let has = format!("the module `{module}` has it: load the module first");
        cases.add(kernels, Effect::Refused, has);
    }
}

/// Judges every call that a verifier visits: which programs may call a function depends on their type.
fn calls(
    scene: &Scene<'_>,
    of: &Extern<'_>,
    found: &Kfunc,
    findings: &mut Vec<Finding>,
) -> Result<(), CheckError> {
    for (number, program) in scene.programs.iter().enumerate() {
        let program_type = program.kind.map(|kind| kind.section.program_type);
        for visit in scene.visits(number) {
            let section = &scene.object.sections()[visit.place.section];
            let is_meant = section.target_at(visit.place.at) == Some(Target::Extern(of.name));
            if !is_meant || !matches!(visit.insn.op(), Op::Call(_)) {
                continue;
            }
            let mut cases = Cases::at(&visit.kernels);
            if !licence::is_gpl(scene) {
                // Source: `add_kfunc_call` in `kernel/bpf/verifier.c`.
                cases.add(&found.anywhere(), Effect::Refused, licence::FOR_GPL);
            }
            if let Some(program_type) = program_type {
                allow(
                    scene,
                    program_type,
                    essential_name(of.name),
                    found,
                    &mut cases,
                )?;
            }
            if of.is_weak {
                kfunc(found, &mut cases);
            }
            let place = Some(visit.place);
            cases.report(findings, Rule::UnknownKsym, Some(number), place, of.name);
        }
    }
    Ok(())
}

/// Judges every place where a verifier sees the address of a function, as `bpf_ksym_exists` takes it. A loader writes 0
/// where the kernel lacks the function.
///
/// Source: `check_pseudo_btf_id` in `kernel/bpf/verifier.c`.
fn addresses(scene: &Scene<'_>, of: &Extern<'_>, found: &Kfunc, findings: &mut Vec<Finding>) {
    for (number, program) in scene.programs.iter().enumerate() {
        for (place, insn) in &program.insns {
            let target = scene.object.sections()[place.section].target_at(place.at);
            if target != Some(Target::Extern(of.name)) || !matches!(insn.op(), Op::LoadImm64(_)) {
                continue;
            }
            // The verifier looks for them before it follows the program.
            let there = found.anywhere().intersection(scene.kernels);
            let permitted = scene
                .probed
                .said(Question::Permission, "function_address", &there);
            let mut cases = Cases::of(&there);
            cases.are_well(&permitted.yes);
            let has = "ask in the loading program whether the kernel has the function";
            cases.add(&permitted.no, Effect::Refused, has);
            cases.rest(
                Effect::Unknown,
                "it is not known whether its verifier takes this",
            );
            let subject = format!("address of the function {}", of.name);
            let rule = Rule::UnsupportedInstruction;
            cases.report(findings, rule, Some(number), Some(*place), subject);
        }
    }
}

fn allow(
    scene: &Scene<'_>,
    program_type: &str,
    name: &str,
    found: &Kfunc,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    // What these may call depends on the struct, or on the program that they replace a part of.
    if matches!(program_type, "struct_ops" | "ext") {
        return Ok(());
    }
    for (set, kernels) in scene.catalogue.id_sets_of(name, &found.there)?.values {
        if set == FOR_ALL {
            cases.are_well(&kernels);
        }
    }
    if probed::is_asked_kfunc(name) {
        let question = Question::Kfunc(program_type);
        let said = scene.probed.said(question, name, &found.there);
        cases.are_well(&said.yes);
        let kernels = scene.catalogue.kernels();
        // No kernel takes a right away that an older one gives: such an answer has another reason.
        let is_older = |older: usize, kernel: usize| {
            let (older, kernel) = (&kernels[older], &kernels[kernel]);
            older.architecture == kernel.architecture && older.numbers() < kernel.numbers()
        };
        let never = |kernel: &usize| !said.yes.iter().any(|older| is_older(older, *kernel));
        let has = format!("not for programs of type `{program_type}`");
        let refused = said.no.iter().filter(never).collect();
        cases.add(&refused, Effect::Refused, has);
    }
    let has = format!("it is not known whether programs of type `{program_type}` may call it");
    cases.add(&found.there, Effect::Unknown, has);
    Ok(())
}
