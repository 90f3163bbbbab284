//! An LLVM module in, facts out.

use bpf_core_kernel_facts::helper::{Helper, Memory};
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::module::Module;

use crate::facts::{Addition, Address, DebugInfo, Facts, Function, Place};
use crate::ir::source::{self, Emission, Line};
use crate::ir::{self, Value};
use crate::library::is_library;
use crate::pointer::{Offset, Pointer};
use crate::trace::{Known, Trace, helper};

/// The facts about a module, in the order of its code. The module is not changed.
#[must_use]
pub fn facts(module: &Module<'_>) -> Facts<Place> {
    let mut facts = Facts::default();
    let mut trace = Trace::new(module);
    for function in ir::functions(module).filter(|one| !one.is_declaration()) {
        let before = facts.addresses.len();
        let mut by_name = false;
        for instruction in function.instructions() {
            by_name |= is_by_name(instruction);
            if let Some(address) = address(instruction)
                && let Known::Kernel(pointer) = trace.value(address)
            {
                let found = with_constants(&trace, function, instruction, &pointer);
                facts.addresses.extend(found);
            }
        }
        if by_name || facts.addresses.len() > before {
            facts.functions.push(Function {
                place: place(
                    source::line_of_function(function).unwrap_or_default(),
                    function,
                ),
                name: function.readable_name(),
                debug_info: debug_info(module, function),
            });
        }
    }
    facts
}

/// Whether an instruction is made into a CO-RE record, if there is debug info.
fn is_by_name(instruction: Value<'_>) -> bool {
    let callee = instruction.callee();
    callee.is_some_and(Value::is_relocation_intrinsic) || instruction.loads_relocation()
}

/// The address of kernel memory that an instruction may use.
fn address(instruction: Value<'_>) -> Option<Value<'_>> {
    match instruction.opcode()? {
        LLVMOpcode::LLVMLoad => instruction.operands().first().copied(),
        LLVMOpcode::LLVMStore => instruction.operands().get(1).copied(),
        LLVMOpcode::LLVMCall => {
            let (callee, arguments) = instruction.call()?;
            match helper(callee)? {
                Helper::Reads { from, .. } if from != Memory::User => arguments.get(2).copied(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The address that an access uses, if there are constants in it.
fn with_constants<'m>(
    trace: &Trace<'m, '_>,
    function: Value<'m>,
    access: Value<'m>,
    pointer: &Pointer<'_>,
) -> Option<Address<Place>> {
    let steps = match pointer.offset {
        Offset::One(step) => vec![step],
        Offset::Two(a, b) => vec![a, b],
        _ => return None,
    };
    let steps = steps.into_iter().map(|step| {
        let adds = trace.place(step.at).filter(|adds| adds.is_instruction());
        let adds = adds.unwrap_or(access);
        let mut line = line_of(adds);
        if line.line == 0 {
            line = line_of(access);
        }
        Addition {
            place: place(line, adds.parent_function().unwrap_or(function)),
            bytes: step.bytes,
        }
    });
    Some(Address {
        place: place(line_of(access), function),
        origin: pointer.origin,
        name: pointer.name.map(str::to_owned),
        steps: steps.collect(),
    })
}

/// The debug info of a function, which LLVM makes its records from.
fn debug_info(module: &Module<'_>, function: Value<'_>) -> DebugInfo {
    if module.get_global_metadata_size("llvm.dbg.cu") == 0 {
        return DebugInfo::NoneAtAll;
    }
    match source::emission(module, function) {
        None => DebugInfo::Missing,
        Some(Emission::Nothing) => DebugInfo::SwitchedOff,
        Some(_) => DebugInfo::Full,
    }
}

fn place(line: Line, function: Value<'_>) -> Place {
    let Line { file, line, column } = line;
    Place {
        file,
        line,
        column,
        function: function.readable_name(),
    }
}

/// The innermost line that is not a library's, be it that of a caller that the instruction was
/// inlined into.
fn line_of(instruction: Value<'_>) -> Line {
    let mut lines = source::lines(instruction).peekable();
    let first = lines.peek().cloned().unwrap_or_default();
    lines
        .find(|line| line.line != 0 && !is_library(&line.file))
        .unwrap_or(first)
}
