//! Takes out bounds of error numbers, where no verifier asks for them.
//!
//! bpf-core bounds the number that `?` makes of an error: a program of a hook that gives an errno may return no other
//! number, and the verifier does not know which numbers a helper gives (Linux 6.12, `bpf_lsm_get_retval_range`). LSM hooks
//! are such hooks. In programs of others, the bounds are ten instructions that do nothing.

use std::collections::HashSet;

use bpf_core_flow::ir::Value;
use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{LLVMInstructionEraseFromParent, LLVMReplaceAllUsesWith},
    },
    module::Module,
};

use crate::ir;
use crate::optimise::outcomes::{Way, failed};

/// The error numbers that the kernel has (`MAX_ERRNO` in `include/linux/err.h`).
const ERRNOS: std::ops::RangeInclusive<i64> = -4095..=-1;

/// Does so in all functions that no program of an LSM hook calls.
pub(super) fn unbound(module: &Module<'_>) {
    let bounded = of_lsm(module);
    for function in ir::functions(module).filter(|of| !bounded.contains(of)) {
        for instruction in function.instructions() {
            if let Some(number) = bounded_number(instruction) {
                put(number, instruction);
            }
        }
        for instruction in function.instructions() {
            if let Some(number) = widened(instruction) {
                put(number, instruction);
            }
        }
    }
}

fn put(number: Value<'_>, instead_of: Value<'_>) {
    // SAFETY: the number is what the other one is computed from, and of its type.
    unsafe {
        LLVMReplaceAllUsesWith(instead_of.raw(), number.raw());
        LLVMInstructionEraseFromParent(instead_of.raw());
    }
}

/// The programs of LSM hooks, and what they call.
fn of_lsm<'m>(module: &'m Module<'_>) -> HashSet<Value<'m>> {
    let is_lsm = |of: &Value<'_>| {
        let section = of.section().unwrap_or_default();
        section.trim_start_matches('?').starts_with("lsm")
    };
    let mut waiting: Vec<Value<'_>> = ir::functions(module).filter(is_lsm).collect();
    let mut found = HashSet::new();
    while let Some(function) = waiting.pop() {
        if found.insert(function) {
            let called = function.instructions().into_iter();
            let used = called.flat_map(Value::operands);
            waiting.extend(used.filter(|of| of.is_function()));
        }
    }
    found
}

/// The error number that an instruction bounds: `smin(smax(number, -4095), -1)`.
fn bounded_number<'m>(instruction: Value<'m>) -> Option<Value<'m>> {
    let bounded = |of: Value<'m>, name: &[u8], bound: i64| {
        let (callee, arguments) = of.call()?;
        let [number, by] = arguments.as_slice() else {
            return None;
        };
        (callee.name().starts_with(name) && by.number() == Some(bound)).then_some(*number)
    };
    let above = bounded(instruction, b"llvm.smin.", *ERRNOS.end())?;
    let number = bounded(above, b"llvm.smax.", *ERRNOS.start())?;
    is_errno(number, instruction).then_some(number)
}

/// The error number of 64 bits, of which an instruction takes the lower half and widens it again.
fn widened(instruction: Value<'_>) -> Option<Value<'_>> {
    let is = |of: Value<'_>, opcode| of.is_instruction() && of.opcode() == Some(opcode);
    is(instruction, LLVMOpcode::LLVMSExt).then_some(())?;
    let half = *instruction.operands().first()?;
    is(half, LLVMOpcode::LLVMTrunc).then_some(())?;
    let number = *half.operands().first()?;
    let is_as_wide = number.integer_width() == instruction.integer_width();
    (is_as_wide && is_errno(number, instruction)).then_some(number)
}

/// Whether a number is an error number where an instruction is.
fn is_errno<'m>(number: Value<'m>, at: Value<'m>) -> bool {
    let way = at.block().and_then(|block| Way::to(block.as_ptr()));
    is_errno_on(number, way, &mut HashSet::new())
}

fn is_errno_on<'m>(number: Value<'m>, way: Option<Way>, seen: &mut HashSet<Value<'m>>) -> bool {
    if let Some(constant) = number.number() {
        return ERRNOS.contains(&constant);
    }
    if !number.is_instruction() {
        return false;
    }
    match number.opcode() {
        Some(LLVMOpcode::LLVMTrunc) if number.integer_width() >= Some(32) => {
            let all = number.operands();
            all.first().is_some_and(|all| is_errno_on(*all, way, seen))
        }
        Some(LLVMOpcode::LLVMPHI) => {
            let mut ways = Way::into_phi(number).into_iter();
            !seen.insert(number) || ways.all(|(value, way)| is_errno_on(value, Some(way), seen))
        }
        Some(LLVMOpcode::LLVMCall) => way.and_then(|way| failed(number, way)) == Some(true),
        _ => false,
    }
}
