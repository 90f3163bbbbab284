//! The facts about an eBPF object, for the rules.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use bpf_core_btf::BtfExt;
use bpf_core_btf::object::{Function as Code, Object as Elf};
use bpf_core_flow::{Offset, Origin, Pointer};
use bpf_core_kernel_facts::Program;

use super::flow::Found;
use super::lines::Lines;
use super::step::{Fact, How};
use super::types::Types;
use crate::known::{Attached, LeadsTo};
use crate::span::Span;

/// Names of what `bpf-core` leaves for its linker.
const MARKERS: &str = "__bpf_core_v";

/// An eBPF object.
#[derive(Debug)]
pub struct Object {
    /// Its path.
    pub path: Arc<str>,
    /// Whether it has `.BTF`.
    pub has_btf: bool,
    /// Whether it has `.BTF.ext`.
    pub has_btf_ext: bool,
    /// Whether it has CO-RE records.
    pub has_records: bool,
    /// Markers of `bpf-core` that no linker has turned into records.
    pub markers: Vec<String>,
    /// Functions that find kernel memory at constant offsets.
    pub functions: Vec<Function>,
    /// Addresses of kernel memory, of helpers only those without a record.
    pub addresses: Vec<Address>,
    /// Reads whose result nothing looks at, though what they read is used.
    pub ignored: Vec<IgnoredRead>,
}

/// A function that finds kernel memory at constant offsets.
#[derive(Debug)]
pub struct Function {
    /// Its name. Empty if the object has none.
    pub name: String,
    /// Whether debug info knows it.
    pub has_debug_info: bool,
    /// The first such place.
    pub span: Span,
}

/// A place that uses an address of kernel memory.
#[derive(Debug)]
pub struct Address {
    /// Where.
    pub span: Span,
    /// Whether it is just what the kernel gave.
    pub is_start: bool,
    /// The field at the start of the struct, where nothing was added.
    pub first: Option<LeadsTo>,
    /// The constants that were added, where that is all. Two, if it depends on the way that the
    /// program took.
    pub constants: Vec<Constant>,
    /// Whether the places are near only, because the instructions are inlined code of a library.
    pub is_inlined: bool,
    /// The pointer that it is made of.
    pub origin: Origin,
    /// The struct that the pointer points to, where that is known.
    pub name: Option<String>,
    /// The argument that the pointer is, if it is one of a program that has it as its own.
    pub argument: Option<Argument>,
    /// How it is used.
    pub by: Use,
    /// Whether a program uses it, and not a function that several may call.
    pub in_program: bool,
}

/// An argument of a program.
#[derive(Clone, Debug)]
pub struct Argument {
    /// What the program is attached to, if the object tells.
    pub attached: Option<Attached>,
    /// Whether it is in a register of a function's caller, as a kprobe has it. Else it is a word of the context.
    pub is_register: bool,
    /// The byte of the context.
    pub byte: i64,
}

/// A constant that is added to a pointer.
#[derive(Clone, Debug)]
pub struct Constant {
    /// How many bytes.
    pub bytes: i64,
    /// Where.
    pub span: Span,
    /// The field that it leads to.
    pub leads_to: Option<LeadsTo>,
}

/// How an address is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A load or store.
    Direct,
    /// A helper that reads kernel memory.
    Probe,
}

/// A read whose result nothing looks at.
#[derive(Debug)]
pub struct IgnoredRead {
    /// The read.
    pub span: Span,
    /// Where what it read is used.
    pub used: Span,
    /// Whether the source has a call that returns a result, not a macro that reads by name.
    pub is_by_hand: bool,
}

pub(super) fn of<'b>(
    path: &Path,
    elf: &Elf<'_>,
    types: &Types<'b>,
    ext: Option<&BtfExt<'b>>,
    found: &[Found<'b>],
    lines: &mut Lines<'b>,
) -> Object {
    let mut object = Object {
        path: path.to_string_lossy().into(),
        has_btf: elf.btf().is_some(),
        has_btf_ext: ext.is_some(),
        has_records: types.has_records(),
        markers: elf
            .externs()
            .iter()
            .map(|one| one.name)
            .filter(|name| name.starts_with(MARKERS))
            .map(str::to_owned)
            .collect(),
        functions: Vec::new(),
        addresses: Vec::new(),
        ignored: Vec::new(),
    };
    let known = functions_of(ext);
    let mut hard = BTreeMap::new();
    let mut ignored = HashSet::new();
    for one in found {
        let function = &elf.functions()[one.function];
        match one.fact {
            Fact::Address { pointer, how } => {
                let Some(address) = address((elf, function), (one.at, pointer, how), lines) else {
                    continue;
                };
                if !address.constants.is_empty() {
                    hard.entry(one.function).or_insert(one.at);
                }
                object.addresses.push(address);
            }
            Fact::Unchecked {
                read,
                used,
                by_name,
            } => {
                if ignored.insert((one.function, read)) {
                    object.ignored.push(IgnoredRead {
                        span: lines.span(elf, function, read),
                        used: lines.span(elf, function, used),
                        is_by_hand: match lines.line(elf, function, read) {
                            Some(line) if !line.text.is_empty() => {
                                is_by_hand(line.text, line.column)
                            }
                            // A read without a record is none of the macros that read by name.
                            _ => !by_name,
                        },
                    });
                }
            }
        }
    }
    for (index, at) in hard {
        let function = &elf.functions()[index];
        let section = elf.section_of(function).name;
        object.functions.push(Function {
            name: function.name.to_owned(),
            has_debug_info: known.contains(&(section, function.start)),
            span: lines.span(elf, function, at),
        });
    }
    object
}

/// An address that an instruction uses. `None` if not all that was added to the pointer is known.
fn address(
    (elf, function): (&Elf<'_>, &Code<'_>),
    (at, pointer, how): (u32, Pointer<'_>, How),
    lines: &mut Lines<'_>,
) -> Option<Address> {
    let steps = match pointer.offset {
        Offset::One(step) => vec![step],
        Offset::Two(a, b) => vec![a, b],
        _ if how == How::Direct => Vec::new(),
        _ => return None,
    };
    let constants = steps.iter().map(|step| Constant {
        bytes: step.bytes,
        span: lines.span(elf, function, step.at),
        leads_to: None,
    });
    let constants = constants.collect();
    let section = elf.section_of(function).name;
    let program = Program::of_section(section);
    let argument = program.zip(pointer.argument);
    let argument = argument.map(|(program, byte)| Argument {
        attached: Attached::of(&program, function.name),
        is_register: program.section.name.starts_with("kprobe"),
        byte,
    });
    Some(Address {
        span: lines.span(elf, function, at),
        is_inlined: steps
            .iter()
            .any(|step| lines.is_inlined(elf, function, step.at)),
        is_start: pointer.offset == Offset::None,
        first: None,
        constants,
        origin: pointer.origin,
        name: pointer.name.map(str::to_owned),
        argument,
        by: match how {
            How::Direct => Use::Direct,
            How::Probe => Use::Probe,
        },
        in_program: program.is_some(),
    })
}

/// Whether the author of a line wrote a read there that returns a result. The macros that read by
/// name have none.
fn is_by_hand(line: &str, column: u32) -> bool {
    let start = (column as usize).saturating_sub(1);
    let here = line.get(start..).unwrap_or(line);
    let reads = here.contains("bpf_probe_read") || here.contains("bpf_core_read(");
    reads && !here.starts_with("BPF_")
}

fn functions_of<'b>(ext: Option<&BtfExt<'b>>) -> HashSet<(&'b str, u32)> {
    let sections = ext.into_iter().flat_map(BtfExt::func_info);
    let functions = sections.flat_map(|section| {
        let records = section.records.iter();
        records.map(|one| (section.name, one.insn_off))
    });
    functions.collect()
}
