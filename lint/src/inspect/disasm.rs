//! The instructions of an object, as `llvm-objdump` writes them, with source lines, and with what the loader
//! puts in.

use bpf_core_btf::Poison;
use bpf_core_btf::insn::{Callee, INSN_SIZE, Insn, Op};
use bpf_core_btf::object::{Function, Object, Place, Target};
use bpf_core_kernel_facts::helper;
use serde::Serialize;

use super::relocation::Relocation;
use super::source::{Source, Sources};

/// The code of a function.
#[derive(Debug, Serialize)]
pub(super) struct Code {
    pub(super) section: String,
    pub(super) function: String,
    pub(super) lines: Vec<Line>,
}

/// An instruction.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    /// Counted from the start of the section; a 64-bit load counts as two.
    pub(super) index: u32,
    /// In the syntax of `llvm-objdump -d --no-print-imm-hex`.
    pub(super) text: String,
    /// The helper, map, variable, function or extern that it refers to.
    pub(super) refers: Option<String>,
    /// The source line that starts here.
    pub(super) source: Option<Source>,
    /// The relocation, by its number in `relocations`.
    pub(super) relocation: Option<usize>,
}

pub(super) fn all(
    object: &Object<'_>,
    sources: &Sources<'_>,
    relocations: &[Relocation],
) -> Vec<Code> {
    let code = object.functions().iter().map(|function| {
        let insns = object.section_of(function).insns(function.range());
        let lines = insns.map(|(at, insn)| {
            let place = Place {
                section: function.section,
                at,
            };
            let relocation = relocations.iter().position(|one| one.place == place);
            Line {
                index: at / INSN_SIZE as u32,
                text: insn.to_string(),
                refers: refers(object, function, at, &insn),
                source: sources.starting_at(place),
                relocation,
            }
        });
        Code {
            section: object.section_of(function).name.to_owned(),
            function: function.name.to_owned(),
            lines: lines.collect(),
        }
    });
    code.collect()
}

fn refers(object: &Object<'_>, of: &Function<'_>, at: u32, insn: &Insn) -> Option<String> {
    let function = |(section, offset)| {
        let found = object.function_at(section, offset)?;
        Some(format!("function {}", found.name))
    };
    if let Some(callee) = object.callee(of.section, at, insn) {
        return function(callee);
    }
    match object.section_of(of).target_at(at) {
        Some(Target::Map(name)) => Some(format!("map {name}")),
        Some(Target::Extern(name)) => Some(format!("extern {name}")),
        Some(Target::Code { section, offset }) => function((section, offset)),
        Some(Target::Data { section, offset }) => {
            let mut variables = object.variables().iter();
            let variable = variables.find(|one| {
                let range = one.offset..one.offset.saturating_add(one.size.max(1));
                one.section == section && range.contains(&offset)
            });
            let section = object.sections()[section].name;
            Some(match variable {
                Some(variable) => format!("variable {} in {section}", variable.name),
                None => format!("{section}+{offset}"),
            })
        }
        _ if insn.op() == Op::Call(Callee::Helper) => {
            if let Some(poison) = Poison::of_helper(insn.imm) {
                return Some(poison.to_string());
            }
            let mut helpers = helper::all();
            let (_, name) = helpers.find(|(number, _)| i64::from(*number) == insn.imm)?;
            Some(format!("helper bpf_{name}"))
        }
        _ => None,
    }
}
