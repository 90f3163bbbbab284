//! Tells where an offset may cancel out, so that correct code has no record of it.
//!
//! Code generation makes of the difference of two addresses of one field the difference of what they are addresses in, and
//! compares these in place of the addresses:
//!
//! ```text
//! (a + offset) - (b + offset)     a - b
//! (a + offset) == (b + offset)    a == b
//! ```

use std::collections::HashSet;

use inkwell::llvm_sys::LLVMOpcode;

use crate::ir::Value;

/// Whether all that is made of an offset ends in differences and comparisons.
pub(super) fn may_cancel(offset: Value<'_>) -> bool {
    use LLVMOpcode::{
        LLVMAdd, LLVMCall, LLVMGetElementPtr, LLVMICmp, LLVMIntToPtr, LLVMPtrToInt, LLVMSub,
        LLVMTrunc, LLVMZExt,
    };
    let mut seen = HashSet::new();
    let mut waiting = vec![offset];
    while let Some(computed) = waiting.pop() {
        for user in computed.users() {
            let opcode = user.opcode().filter(|_| user.is_instruction());
            match opcode {
                Some(LLVMSub | LLVMICmp) => continue,
                Some(
                    LLVMAdd | LLVMGetElementPtr | LLVMIntToPtr | LLVMPtrToInt | LLVMTrunc
                    | LLVMZExt,
                ) => {}
                Some(LLVMCall) if user.callee().is_some_and(Value::is_passthrough) => {}
                _ => return false,
            }
            if seen.insert(user) {
                waiting.push(user);
            }
        }
    }
    true
}
