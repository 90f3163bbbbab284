//! Programs and functions of an object.

use bpf_core_btf::insn::INSN_SIZE;
use bpf_core_btf::object::{self, Object, Order};
use bpf_core_kernel_facts::program;
use serde::Serialize;

/// A program. What the section does not tell is `None`: the loader, or aya's user, chooses it.
#[derive(Debug, Serialize)]
pub(super) struct Program {
    pub(super) name: String,
    pub(super) section: String,
    pub(super) program_type: Option<&'static str>,
    pub(super) attach_type: Option<&'static str>,
    /// The function, tracepoint or hook that it is attached to.
    pub(super) target: Option<String>,
    pub(super) is_sleepable: bool,
    /// How many instructions its own code has, where a 64-bit load counts as two.
    pub(super) instructions: u32,
    /// How many a loader loads: its own, and those of the functions that it calls.
    pub(super) loaded: u32,
    /// The functions that it calls, directly or not.
    pub(super) calls: Vec<String>,
}

/// A function that programs call.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) section: String,
    pub(super) instructions: u32,
    /// Whether the verifier checks it by itself.
    pub(super) is_global: bool,
}

pub(super) fn programs(object: &Object<'_>) -> Vec<Program> {
    let programs = object.programs().map(|function| {
        let section = object.section_of(function).name;
        let kind = program::Program::of_section(section);
        let image = object.image(function, Order::DepthFirst);
        let calls = image.functions().skip(1);
        Program {
            name: function.name.to_owned(),
            section: section.to_owned(),
            program_type: kind.map(|kind| kind.section.program_type),
            attach_type: kind.and_then(|kind| some(kind.section.attach_type)),
            target: kind.and_then(|kind| some(kind.target)).map(str::to_owned),
            is_sleepable: kind.is_some_and(|kind| kind.section.is_sleepable),
            instructions: count(function),
            loaded: image.len(),
            calls: calls.map(|(_, callee)| callee.name.to_owned()).collect(),
        }
    });
    programs.collect()
}

pub(super) fn functions(object: &Object<'_>) -> Vec<Function> {
    let programs: Vec<_> = object.programs().collect();
    let functions = object.functions().iter();
    let functions = functions.filter(|function| !programs.contains(function));
    functions
        .map(|function| Function {
            name: function.name.to_owned(),
            section: object.section_of(function).name.to_owned(),
            instructions: count(function),
            is_global: function.is_global && !function.is_hidden,
        })
        .collect()
}

fn count(function: &object::Function<'_>) -> u32 {
    function.len / INSN_SIZE as u32
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
