//! What programs are attached to, and which kernels lack it.

mod presence;
mod target;

use bpf_core_catalogue::KernelSet;

use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene};
use presence::Presence;
use target::Target;

/// Judges every program whose section names what it is attached to.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    for (number, program) in scene.programs.iter().enumerate() {
        let Some(kind) = &program.kind else { continue };
        let Some(target) = Target::of(kind) else {
            continue;
        };
        let mut cases = Cases::of(scene.kernels);
        judge(scene, target, &mut cases)?;
        let subject = target.to_string();
        cases.report(findings, Rule::AbsentHook, Some(number), None, subject);
    }
    Ok(())
}

fn judge(scene: &Scene<'_>, target: Target<'_>, cases: &mut Cases) -> Result<(), CheckError> {
    let catalogue = scene.catalogue;
    match target {
        Target::Function(name) | Target::Lsm(name) | Target::Iterator(name) => {
            let function = format!("{}{name}", target.prefix());
            let presence = Presence::of_function(catalogue, &function)?;
            lacking(&presence, Effect::Refused, scene.kernels, cases);
        }
        Target::TypedTracepoint(name) => {
            let presence = Presence::of_tracepoint(catalogue, name)?;
            lacking(&presence, Effect::Refused, scene.kernels, cases);
        }
        Target::RawTracepoint(name) | Target::Event(name) => {
            let presence = Presence::of_tracepoint(catalogue, name)?;
            lacking(&presence, Effect::NotAttached, scene.kernels, cases);
        }
        Target::SystemCallEvent(name) | Target::SystemCall(name) => {
            let presence = Presence::of_system_call(catalogue, name)?;
            lacking(&presence, Effect::NotAttached, scene.kernels, cases);
        }
        Target::Probe(name) => {
            let presence = Presence::of_function(catalogue, name)?;
            cases.are_well(&presence.there);
            in_modules(&presence, Effect::NotAttached, cases);
            let has = "its BTF has no such function, which may be there all the same";
            cases.add(scene.kernels, Effect::Unknown, has);
        }
    }
    Ok(())
}

fn lacking(presence: &Presence, effect: Effect, kernels: &KernelSet, cases: &mut Cases) {
    cases.are_well(&presence.there);
    in_modules(presence, effect.clone(), cases);
    if presence.is_nowhere() {
        // Tools that choose the function when they load name one in the section that is nowhere.
        let has = "no kernel that is known has it: a loader may choose another target";
        cases.add(kernels, Effect::Unknown, has);
    }
    cases.add(kernels, effect, "");
}

fn in_modules(presence: &Presence, effect: Effect, cases: &mut Cases) {
    for (module, kernels) in &presence.modules {
        let has = format!("the module `{module}` has it: load the module first");
        cases.add(kernels, effect.clone(), has);
    }
}
