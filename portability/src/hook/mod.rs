//! What programs are attached to, and which kernels lack it.

mod argument;
mod pattern;
mod probe;
mod prototype;
mod restriction;
mod result;
mod struct_ops;
mod usage;

use bpf_core_catalogue::{Catalogue, KernelSet, OpenError, Presence};
use bpf_core_kernel_facts::probed::{self, Question};
use bpf_core_kernel_facts::syscall;
use bpf_core_kernel_facts::target::{iterator_function, lsm_function};
use bpf_core_kernel_facts::{Program, Target};

use crate::finding::{Effect, Finding, Rule};
use crate::licence;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges every program whose section names what it is attached to.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let maps = struct_ops::maps(scene);
    for map in &maps {
        map.check(scene, findings)?;
    }
    for (number, program) in scene.programs.iter().enumerate() {
        let member = maps.iter().find_map(|map| map.member_of(number));
        if let Some((record, member)) = member {
            argument::check(scene, number, Target::Member(record, member), findings)?;
        }
        let Some(kind) = &program.kind else { continue };
        if let Some(target) = Target::of(kind) {
            let mut cases = Cases::of(scene.kernels);
            judge(scene, target, kind, &mut cases)?;
            let subject = target.to_string();
            cases.report(findings, Rule::AbsentHook, Some(number), None, subject);
            argument::check(scene, number, target, findings)?;
            result::check(scene, number, (target, kind), findings)?;
        } else if Target::is_left_to_the_loader(kind) {
            let mut cases = Cases::of(scene.kernels);
            let has = "the section does not name it, so its loader has to: it is checked where the section does";
            cases.rest(Effect::Unknown, has);
            let subject = format!("the target of program {}", program.function.name);
            cases.report(findings, Rule::AbsentHook, Some(number), None, subject);
        }
        let mut cases = Cases::of(scene.kernels);
        attaching(scene, kind, &mut cases);
        let subject = format!("trampoline {}", kind.section.name.trim_end_matches('+'));
        cases.report(findings, Rule::AbsentHook, Some(number), None, subject);
    }
    Ok(())
}

fn judge(
    scene: &Scene<'_>,
    target: Target<'_>,
    program: &Program<'_>,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    let catalogue = scene.catalogue;
    match target {
        Target::Function(name) => {
            let presence = catalogue.function(name)?;
            without_address(scene, name, &presence, cases)?;
            restriction::check(scene, program, name, &presence.there, cases)?;
            lacking(scene, &presence, Effect::Refused, cases);
        }
        Target::Lsm(name) => {
            let function = lsm_function(name);
            let presence = catalogue.function(&function)?;
            disabled(scene, name, &presence, cases)?;
            if !licence::is_gpl(scene) {
                // Source: `bpf_lsm_verify_prog` in `kernel/bpf/bpf_lsm.c`.
                cases.add(&presence.there, Effect::Refused, licence::FOR_GPL);
            }
            if program.section.is_sleepable {
                let awake = scene
                    .probed
                    .said(Question::AwakeHook, name, &presence.there);
                let has = "no program that sleeps may be on this hook";
                cases.add(&awake.yes, Effect::Refused, has);
            }
            without_address(scene, &function, &presence, cases)?;
            lacking(scene, &presence, Effect::Refused, cases);
        }
        Target::Iterator(name) => {
            let presence = catalogue.function(&iterator_function(name))?;
            lacking(scene, &presence, Effect::Refused, cases);
        }
        Target::TypedTracepoint(name) => {
            let presence = catalogue.tracepoint(name)?;
            lacking(scene, &presence, Effect::Refused, cases);
        }
        Target::RawTracepoint(name) | Target::Event(name) => {
            let presence = catalogue.tracepoint(name)?;
            lacking(scene, &presence, Effect::NotAttached, cases);
        }
        Target::SystemCallEvent(name) => {
            // An architecture may have the function and not call it: arm64 has no `open`.
            let said = scene
                .probed
                .said(Question::SystemCallEvent, name, scene.kernels);
            cases.are_well(&said.yes);
            cases.add(&said.no, Effect::NotAttached, "");
            let presence = of_system_call(catalogue, name)?;
            lacking(scene, &presence, Effect::NotAttached, cases);
        }
        Target::SystemCall(name) => {
            let presence = of_system_call(catalogue, name)?;
            lacking(scene, &presence, Effect::NotAttached, cases);
        }
        Target::Probe(name) => probe::check(scene, name, cases)?,
        Target::Probes(name) => pattern::check(scene, name, cases)?,
        Target::Replaced(_) => {
            let has = "the program that it replaces a part of is not known";
            cases.add(scene.kernels, Effect::Unknown, has);
        }
        // Judged with its map.
        Target::Member(..) => {}
    }
    Ok(())
}

/// A system call, by the functions that `SYSCALL_DEFINE` makes: each architecture has another.
fn of_system_call(catalogue: &Catalogue<'_>, name: &str) -> Result<Presence, OpenError> {
    let mut all = Presence::default();
    for function in syscall::functions(name) {
        all.there = all.there.union(&catalogue.function(&function)?.there);
    }
    Ok(all)
}

/// The verifier takes the address of what it attaches to from the kernel's symbols. A function that was
/// inlined everywhere may be in BTF all the same.
fn without_address(
    scene: &Scene<'_>,
    function: &str,
    presence: &Presence,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    let symbol = scene.catalogue.symbol(function)?;
    let has = format!("`{function}` is in its BTF and has no address: the compiler inlined it");
    let inlined = symbol.absent().intersection(&presence.there);
    cases.add(&inlined, Effect::Refused, has);
    Ok(())
}

/// A kernel may keep a hook from programs, although its function is there.
fn disabled(
    scene: &Scene<'_>,
    hook: &str,
    presence: &Presence,
    cases: &mut Cases,
) -> Result<(), CheckError> {
    let (disabled, known) = scene.catalogue.disabled_hook(hook)?;
    let unknown = presence.there.difference(&known);
    let said = scene.probed.said(Question::DisabledHook, hook, &unknown);
    let disabled = disabled.union(&said.yes).intersection(&presence.there);
    let has = "its verifier takes no program on this hook";
    cases.add(&disabled, Effect::Refused, has);
    Ok(())
}

fn lacking(scene: &Scene<'_>, presence: &Presence, effect: Effect, cases: &mut Cases) {
    cases.are_well(&presence.there);
    in_modules(scene, &presence.modules, &effect, cases);
    if presence.is_nowhere() {
        // Tools that choose the function when they load name one in the section that is nowhere.
        let has = "no kernel that is known has it: a loader may choose another target";
        cases.add(scene.kernels, Effect::Unknown, has);
    }
    cases.add(scene.kernels, effect, "");
}

/// A kernel has what a module brings once the module is loaded.
fn in_modules(
    scene: &Scene<'_>,
    modules: &[(String, KernelSet)],
    effect: &Effect,
    cases: &mut Cases,
) {
    for (module, kernels) in modules {
        let has = format!("the module `{module}` has it: load the module first");
        cases.add(kernels, effect.clone(), has);
    }
    if let Some((module, _)) = modules.first() {
        let has =
            format!("its modules are not known: on other kernels the module `{module}` has it");
        let unknown = scene.kernels.difference(scene.catalogue.with_modules());
        cases.add(&unknown, effect.clone(), has);
    }
}

/// A kernel may load a program of a type and not be able to attach it: arm64 learned to call one from a
/// function long after amd64.
fn attaching(scene: &Scene<'_>, program: &Program<'_>, cases: &mut Cases) {
    let row = probed::row(program.section);
    if probed::said(Question::Attaches, &row) == 0 {
        return;
    }
    let loads = scene.probed.said(Question::Loads, &row, scene.kernels);
    let attaches = scene.probed.said(Question::Attaches, &row, &loads.yes);
    let has = "it loads programs of this type, and attaches none on this architecture";
    cases.add(&attaches.no, Effect::NotAttached, has);
}
