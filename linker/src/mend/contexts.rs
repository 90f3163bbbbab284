//! Finds the context of programs, and where functions get it from them.
//!
//! A program passes its context on as it is, or the address of a place that holds it: aya's contexts are structs with
//! one pointer, and a function takes a reference to one.

use std::collections::HashSet;

use inkwell::llvm_sys::{
    LLVMOpcode,
    core::{LLVMCountParams, LLVMGetParam},
};
use inkwell::module::Module;

use crate::ir::{self, Value};

/// A value that leads to the context of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Lead<'m> {
    /// It is the context.
    Context(Value<'m>),
    /// It is the address of a place that holds the context.
    Place(Value<'m>),
}

/// All values of a module that are the context of a program, on one way at least.
pub(super) fn of<'m>(module: &'m Module<'_>) -> HashSet<Value<'m>> {
    let mut found = HashSet::new();
    let programs = ir::functions(module).filter_map(of_program);
    let mut waiting: Vec<Lead<'m>> = programs.map(Lead::Context).collect();
    while let Some(lead) = waiting.pop() {
        if found.insert(lead) {
            waiting.extend(leads(lead));
        }
    }
    let contexts = found.into_iter().filter_map(|lead| match lead {
        Lead::Context(value) => Some(value),
        Lead::Place(_) => None,
    });
    contexts.collect()
}

/// The context of a program. Other functions have no section of their own.
fn of_program(function: Value<'_>) -> Option<Value<'_>> {
    let section = function.section()?;
    let is_program = !function.is_declaration() && !section.starts_with(".text");
    is_program.then(|| parameter(function, 0)).flatten()
}

/// The parameter number `n` of a function, if it is a pointer.
fn parameter(function: Value<'_>, n: usize) -> Option<Value<'_>> {
    let n = u32::try_from(n).ok()?;
    // SAFETY: the value is a function, which has a parameter `n` if it has more than `n`.
    let parameter = unsafe {
        if LLVMCountParams(function.raw()) <= n {
            return None;
        }
        Value::new(LLVMGetParam(function.raw(), n))
    };
    parameter.filter(|parameter| parameter.is_pointer())
}

/// Where a value leads to by its uses.
fn leads(from: Lead<'_>) -> Vec<Lead<'_>> {
    let (Lead::Context(value) | Lead::Place(value)) = from;
    let mut leads = Vec::new();
    for user in value.users() {
        let made = match (from, user.opcode(), &user.operands()[..]) {
            (Lead::Context(_), Some(LLVMOpcode::LLVMStore), [stored, place])
                if *stored == value =>
            {
                Some(Lead::Place(*place))
            }
            (Lead::Place(_), Some(LLVMOpcode::LLVMLoad), _) if user.is_pointer() => {
                Some(Lead::Context(user))
            }
            _ => None,
        };
        leads.extend(made);
        // A helper is called by its number, and assembly by its text.
        let Some(callee) = user.callee().filter(|callee| callee.is_function()) else {
            continue;
        };
        let passed = user.arguments().into_iter().enumerate();
        let passed = passed.filter(|(_, argument)| *argument == value);
        leads.extend(passed.filter_map(|(n, _)| parameter(callee, n)).map(
            |parameter| match from {
                Lead::Context(_) => Lead::Context(parameter),
                Lead::Place(_) => Lead::Place(parameter),
            },
        ));
    }
    leads
}
