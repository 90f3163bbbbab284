//! Takes out results that no caller reads.
//!
//! A result of two registers is written through a pointer: `Result<(), i64>` takes 16 bytes, which the caller has
//! for it. LLVM takes out an argument that no function needs, but not what is written through it. So a function
//! whose callers all say `let _ = f();` makes its error all the same, at each of its ends:
//!
//! ```text
//! f(result): store 1, result; store errno, result + 8
//! one:       result = alloca; f(result)
//! two:       result = alloca; f(result)
//! ```

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{LLVMCountParams, LLVMGetParam, LLVMGetVolatile, LLVMInstructionEraseFromParent},
    },
    module::Module,
};

use crate::ir::{self, Value};
use crate::optimise::places::mark;

/// Takes them out, and gives whether there was one.
pub(super) fn take_out(module: &Module<'_>) -> bool {
    let mut stores = Vec::new();
    for function in ir::functions(module) {
        if !function.is_internal() || function.is_declaration() {
            continue;
        }
        let Some(calls) = calls(function) else {
            continue;
        };
        // SAFETY: the value is a function.
        for index in 0..unsafe { LLVMCountParams(function.raw()) } {
            // SAFETY: the function has more parameters than this.
            let parameter = unsafe { Value::new(LLVMGetParam(function.raw(), index)) };
            let is_unread = calls.iter().all(|call| is_for(*call, index as usize));
            if let Some(parameter) = parameter.filter(|_| is_unread) {
                stores.extend(stores_alone(parameter).unwrap_or_default());
            }
        }
    }
    for store in &stores {
        // SAFETY: a store gives nothing that is used, and stands in one list alone.
        unsafe { LLVMInstructionEraseFromParent(store.raw()) };
    }
    !stores.is_empty()
}

/// The calls of a function, if it has no other user.
fn calls(function: Value<'_>) -> Option<Vec<Value<'_>>> {
    let calls = function.users();
    let all = calls.iter().all(|user| {
        let passed = user.arguments();
        user.callee() == Some(function) && !passed.contains(&function)
    });
    all.then_some(calls)
}

/// Whether a call gives, at this place among its arguments, memory that is for the results of such calls alone.
fn is_for<'m>(call: Value<'m>, index: usize) -> bool {
    let function = call.callee();
    let is_result = |call: Value<'m>, memory: Value<'m>| {
        let mut given = (0..).zip(call.arguments());
        call.callee() == function
            && given.all(|(at, argument)| (at == index) == (argument == memory))
    };
    let memory = call.arguments().get(index).copied();
    memory.is_some_and(|memory| {
        memory.is_instruction()
            && memory.opcode() == Some(LLVMOpcode::LLVMAlloca)
            && memory
                .users()
                .into_iter()
                .all(|user| mark(user).is_some() || is_result(user, memory))
    })
}

/// The stores to where a pointer points and behind it, if the pointer has no other use.
fn stores_alone(pointer: Value<'_>) -> Option<Vec<Value<'_>>> {
    let mut stores = Vec::new();
    for user in pointer.users() {
        match user.opcode().filter(|_| user.is_instruction())? {
            LLVMOpcode::LLVMStore => {
                // SAFETY: the value is a store.
                let is_volatile = unsafe { LLVMGetVolatile(user.raw()) } != 0;
                let is_value = user.operands().first() == Some(&pointer);
                (!is_volatile && !is_value).then_some(())?;
                stores.push(user);
            }
            LLVMOpcode::LLVMGetElementPtr => stores.extend(stores_alone(user)?),
            _ => return None,
        }
    }
    Some(stores)
}
