//! An LLVM module in, findings out.

use bpf_core_kernel_facts::helper::{Helper, Memory};
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::module::Module;
use rustc_demangle::demangle;

use crate::finding::{
    BUILD_WITH_DEBUG_INFO, Finding, READ_BY_NAME, conflicting_offset, hardcoded_offset,
};
use crate::pointer::{Offset, Pointer};
use crate::source::{self, Line};
use crate::trace::{Known, Trace, helper};
use crate::value::{self, Value};

/// What is wrong with a module, by file and line. The module is not changed.
#[must_use]
pub fn check(module: &Module<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut trace = Trace::new(module);
    let has_unit = module.get_global_metadata_size("llvm.dbg.cu") != 0;
    let mut first = None;
    for function in value::functions(module).filter(|one| !one.is_declaration()) {
        let mut reads = Reads::default();
        for instruction in function.instructions() {
            reads.by_name |= is_by_name(instruction);
            let Some(address) = address(instruction) else {
                continue;
            };
            if let Known::Kernel(pointer) = trace.value(address) {
                let hard = report(&trace, function, instruction, &pointer, &mut findings);
                reads.hard |= hard;
            }
        }
        if !reads.by_name && !reads.hard {
            continue;
        }
        first = first.or(Some(function));
        if has_unit && let Some(message) = lacks(module, function) {
            findings.push(about(function, message));
        }
    }
    if !has_unit && let Some(function) = first {
        let message = "this program reads kernel memory, and was compiled without debug info";
        findings.push(about(function, message.to_owned()));
    }
    findings.sort();
    findings.dedup();
    findings
}

/// How a function reads kernel memory.
#[derive(Default)]
struct Reads {
    by_name: bool,
    hard: bool,
}

/// Whether an instruction is made into a CO-RE record, if there is debug info.
fn is_by_name(instruction: Value<'_>) -> bool {
    if let Some((callee, _)) = instruction.call() {
        let name = callee.name();
        return name.starts_with("llvm.preserve.") || name.starts_with("llvm.bpf.preserve.");
    }
    let loads = instruction.opcode() == Some(LLVMOpcode::LLVMLoad);
    loads
        && instruction
            .operands()
            .first()
            .is_some_and(|address| address.is_relocation())
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

/// Reports constants in an address, and says whether there are any.
fn report<'m>(
    trace: &Trace<'m, '_>,
    function: Value<'m>,
    access: Value<'m>,
    pointer: &Pointer<'_>,
    findings: &mut Vec<Finding>,
) -> bool {
    let steps = match pointer.offset {
        Offset::One(step) => vec![step],
        Offset::Two(a, b) => {
            let message = conflicting_offset(pointer, a, b);
            let line = source::line_of(access);
            findings.push(finding(
                "conflicting-offset",
                line,
                function,
                message,
                READ_BY_NAME,
            ));
            vec![a, b]
        }
        _ => return false,
    };
    for step in steps {
        let place = trace.place(step.at).filter(|place| place.is_instruction());
        let place = place.unwrap_or(access);
        let mut line = source::line_of(place);
        if line.line == 0 {
            line = source::line_of(access);
        }
        let function = place.parent().unwrap_or(function);
        let message = hardcoded_offset(pointer, step);
        findings.push(finding(
            "hardcoded-offset",
            line,
            function,
            message,
            READ_BY_NAME,
        ));
    }
    true
}

/// Why LLVM makes no records for a function.
fn lacks(module: &Module<'_>, function: Value<'_>) -> Option<String> {
    let name = readable(function);
    match source::subprogram(function) {
        None => Some(format!(
            "`{name}` has no debug info, so its reads have no CO-RE records"
        )),
        Some(subprogram) if source::is_switched_off(module, subprogram) => Some(format!(
            "the debug info of `{name}` is switched off, so its reads have no CO-RE records"
        )),
        Some(_) => None,
    }
}

fn about(function: Value<'_>, message: String) -> Finding {
    let line = source::line_of_function(function);
    finding(
        "missing-debug-info",
        line,
        function,
        message,
        BUILD_WITH_DEBUG_INFO,
    )
}

fn finding(
    rule: &'static str,
    line: Line,
    function: Value<'_>,
    message: String,
    help: &'static str,
) -> Finding {
    let Line { file, line, column } = line;
    let function = readable(function);
    Finding {
        file,
        line,
        column,
        rule,
        message,
        function,
        help,
    }
}

fn readable(function: Value<'_>) -> String {
    format!("{:#}", demangle(&function.name()))
}
