//! Lets local variables that are never alive at one time share their memory.
//!
//! Each read of a program has a variable of its own, which the helper fills. Code generation lets them share memory, but
//! then it is late: two reads of one field under its old and its new name differ by their variable, so LLVM does
//! not make one call of the two.

use std::collections::{HashMap, HashSet};
use std::ptr::NonNull;

use inkwell::{
    llvm_sys::{
        LLVMBasicBlock, LLVMOpcode,
        core::{
            LLVMGetAlignment, LLVMGetAllocatedType, LLVMInstructionEraseFromParent,
            LLVMReplaceAllUsesWith,
        },
        prelude::LLVMTypeRef,
        target::{LLVMABISizeOfType, LLVMGetModuleDataLayout},
    },
    module::Module,
};

use crate::ir::block::successors;
use crate::ir::{self, Value};
use crate::optimise::places::{forget_variables, mark};

/// Shares memory in all functions.
pub(super) fn share(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module) {
        let instructions = function.instructions();
        let variables = variables(&instructions);
        if variables.len() < 2 {
            continue;
        }
        let conflicts = conflicts(&instructions, &variables);
        let mut homes: Vec<(Value<'_>, Vec<usize>)> = Vec::new();
        let mut shared = false;
        for (index, variable) in variables.iter().enumerate() {
            let fits = |(home, guests): &&mut (Value<'_>, Vec<usize>)| {
                let apart = |guest: &usize| !conflicts.contains(&(*guest, index));
                // SAFETY: both are `alloca` instructions of a live module.
                let alike = unsafe {
                    let size = |of: Value<'_>| LLVMABISizeOfType(layout, allocated(of));
                    size(*home) == size(*variable)
                        && LLVMGetAlignment(home.raw()) == LLVMGetAlignment(variable.raw())
                };
                alike && guests.iter().all(apart)
            };
            match homes.iter_mut().find(fits) {
                None => homes.push((*variable, vec![index])),
                Some((home, guests)) => {
                    guests.push(index);
                    shared = true;
                    // SAFETY: both are addresses of as many bytes, and the home stands before the variable, in
                    // the first block.
                    unsafe {
                        LLVMReplaceAllUsesWith(variable.raw(), home.raw());
                        LLVMInstructionEraseFromParent(variable.raw());
                    }
                }
            }
        }
        if shared {
            forget_variables(module, function);
        }
    }
}

fn allocated(variable: Value<'_>) -> LLVMTypeRef {
    // SAFETY: the value is an `alloca` instruction.
    unsafe { LLVMGetAllocatedType(variable.raw()) }
}

/// The variables of a function whose life LLVM knows from begin to end.
fn variables<'m>(instructions: &[Value<'m>]) -> Vec<Value<'m>> {
    let first = instructions.first().and_then(|first| first.block());
    let is_known = |of: &Value<'m>| {
        let is_one = of.operands().first().and_then(|count| count.integer()) == Some(1);
        of.opcode() == Some(LLVMOpcode::LLVMAlloca)
            && is_one
            && of.block() == first
            && of.users().iter().any(|user| mark(*user).is_some())
            && stays_here(*of)
    };
    instructions.iter().copied().filter(is_known).collect()
}

/// Whether an address is used at once wherever it is, and so by nobody who may have it from before.
fn stays_here(address: Value<'_>) -> bool {
    address.users().into_iter().all(|user| match user.opcode() {
        Some(LLVMOpcode::LLVMLoad | LLVMOpcode::LLVMCall) => true,
        Some(LLVMOpcode::LLVMStore) => user.operands().first() != Some(&address),
        Some(LLVMOpcode::LLVMGetElementPtr) => user.is_instruction() && stays_here(user),
        _ => false,
    })
}

type Block = NonNull<LLVMBasicBlock>;

/// The variables that may be alive.
type Alive = HashSet<usize>;

/// The pairs of variables, by their indices, that may be alive at one time.
fn conflicts(instructions: &[Value<'_>], variables: &[Value<'_>]) -> HashSet<(usize, usize)> {
    let index: HashMap<Value<'_>, usize> = variables.iter().copied().zip(0..).collect();
    let mut blocks: Vec<(Block, Vec<(bool, usize)>)> = Vec::new();
    for instruction in instructions {
        let Some(block) = instruction.block() else {
            continue;
        };
        if blocks.last().is_none_or(|(last, _)| *last != block) {
            blocks.push((block, Vec::new()));
        }
        let mark = mark(*instruction).and_then(|(begins, of)| Some((begins, *index.get(&of)?)));
        if let (Some(mark), Some((_, marks))) = (mark, blocks.last_mut()) {
            marks.push(mark);
        }
    }
    let mut found = HashSet::new();
    let mut at_entry: HashMap<Block, Alive> = HashMap::new();
    let mut changed = true;
    while changed {
        changed = false;
        for (block, marks) in &blocks {
            let mut alive = at_entry.get(block).cloned().unwrap_or_default();
            for (begins, of) in marks {
                // The end of one that never began would be that of the other.
                let others = alive.iter().filter(|other| *other != of);
                found.extend(others.flat_map(|other| [(*other, *of), (*of, *other)]));
                if *begins {
                    alive.insert(*of);
                } else {
                    alive.remove(of);
                }
            }
            // SAFETY: the block is of a live module.
            let next = unsafe { successors(block.as_ptr()) };
            for next in next.into_iter().filter_map(NonNull::new) {
                let entry = at_entry.entry(next).or_default();
                let before = entry.len();
                entry.extend(&alive);
                changed |= entry.len() != before;
            }
        }
    }
    found
}
