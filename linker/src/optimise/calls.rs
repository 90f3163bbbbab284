//! Makes one read of two, where a program reads a field of one name or of another.
//!
//! A field that was renamed is read at two places, and what follows is the same. LLVM joins what is the same behind a
//! branch, but not two calls whose results are asked for at once:
//!
//! ```text
//! if the kernel has `state`                           p = task + state
//!     if read(slot, task + state) != 0 goto failed    goto both, if the kernel has `state`
//! else                                                p = task + __state
//!     if read(slot, task + __state) != 0 goto failed  both: if read(slot, p) != 0 goto failed
//! ```

use std::{collections::HashMap, iter};

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMAttributeFunctionIndex, LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBuildBr, LLVMBuildPhi, LLVMGEPGetNoWrapFlags, LLVMGetAlignment,
            LLVMGetBasicBlockTerminator, LLVMGetCallSiteAttributeCount, LLVMGetCallSiteAttributes,
            LLVMGetCalledFunctionType, LLVMGetEnumAttributeKind, LLVMGetFirstInstruction,
            LLVMGetICmpPredicate, LLVMGetICmpSameSign, LLVMGetIncomingBlock,
            LLVMGetInstructionCallConv, LLVMGetNSW, LLVMGetNUW, LLVMGetNumArgOperands,
            LLVMGetVolatile, LLVMInstructionEraseFromParent, LLVMIsAtomic, LLVMIsStringAttribute,
            LLVMIsTailCall, LLVMPositionBuilderAtEnd, LLVMPositionBuilderBefore,
            LLVMRemoveCallSiteEnumAttribute, LLVMReplaceAllUsesWith, LLVMSetOperand,
            LLVMSetTailCall,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::{LLVMBasicBlockRef, LLVMBuilderRef},
    },
    module::Module,
};

use crate::ir::block::{self, ends_before, split_before, successors};
use crate::ir::{self, Value};
use crate::optimise::places::{OF_ONE_VARIABLE, mark};

/// Joins reads in all functions.
pub(super) fn join(module: &Module<'_>) {
    for function in ir::functions(module) {
        while let Some(pair) = pair(function) {
            // SAFETY: the pair is of this function, as it is now.
            unsafe { pair.join(module) };
            ir::run_passes(function, c"simplifycfg");
        }
    }
}

/// How many values may differ. Each is an instruction on both ways.
const MOST_PHIS: usize = 2;

/// What LLVM was told of a value on one way alone.
const OF_ONE_WAY: [&str; 6] = [
    "range",
    "nonnull",
    "noundef",
    "align",
    "dereferenceable",
    "dereferenceable_or_null",
];

/// Forgets that, and what LLVM was told of the memory that a value is in.
fn forget(module: &Module<'_>, value: Value<'_>) {
    ir::forget(module, value, &OF_ONE_WAY);
    ir::forget(module, value, &OF_ONE_VARIABLE);
}

/// Two blocks whose ends do the same.
struct Pair<'m> {
    one: LLVMBasicBlockRef,
    other: LLVMBasicBlockRef,
    /// What is done, from the first on, with what it is in the other block.
    same: Vec<(Value<'m>, Value<'m>)>,
}

/// What a value of the other block is in the one.
type Known<'m> = HashMap<Value<'m>, Value<'m>>;

/// The next pair of a function.
fn pair<'m>(function: Value<'m>) -> Option<Pair<'m>> {
    let branches: Vec<Value<'m>> = function
        .instructions()
        .into_iter()
        .filter(|of| asks_for_helper(*of).is_some())
        .collect();
    let mut found: HashMap<[LLVMBasicBlockRef; 2], Vec<Value<'m>>> = HashMap::new();
    for branch in branches {
        // SAFETY: the branch is in a block of a live function.
        let Some(ends) = (unsafe { ends(branch) }) else {
            continue;
        };
        let others = found.entry(ends).or_default();
        for other in others.iter() {
            // SAFETY: both are branches of a live function.
            if let Some(pair) = unsafe { Pair::of(*other, branch) } {
                return Some(pair);
            }
        }
        others.push(branch);
    }
    None
}

/// Where both ways of a branch go, but for a block of their own. What is to be joined goes to the same.
///
/// # Safety
/// `branch` is of a live module.
unsafe fn ends(branch: Value<'_>) -> Option<[LLVMBasicBlockRef; 2]> {
    // SAFETY: as the caller's.
    let ends = unsafe {
        successors(branch.block()?.as_ptr()).into_iter().map(|way| {
            let next = successors(way);
            match next.as_slice() {
                [next] if comes_alone(way) => *next,
                _ => way,
            }
        })
    };
    ends.collect::<Vec<_>>().try_into().ok()
}

/// Whether one way alone goes to a block.
///
/// # Safety
/// `block` is of a live module.
unsafe fn comes_alone(block: LLVMBasicBlockRef) -> bool {
    // SAFETY: as the caller's.
    unsafe { ends_before(block).len() == 1 }
}

/// A block, and those to which it alone goes.
///
/// # Safety
/// `block` is of a live module.
unsafe fn alone(block: LLVMBasicBlockRef) -> Vec<LLVMBasicBlockRef> {
    // SAFETY: as the caller's.
    let ways = unsafe {
        let ways = successors(block).into_iter();
        ways.filter(|way| comes_alone(*way))
    };
    iter::once(block).chain(ways).collect()
}

/// The call that a branch asks for: `br (icmp (call inttoptr ...), ...)`, in one block.
fn asks_for_helper<'m>(branch: Value<'m>) -> Option<Value<'m>> {
    if branch.opcode()? != LLVMOpcode::LLVMBr {
        return None;
    }
    let asked = *branch.operands().first()?;
    let call = *asked.operands().first()?;
    let is_of_block = |of: Value<'m>| of.is_instruction() && of.block() == branch.block();
    let is_helper = call.callee()?.opcode() == Some(LLVMOpcode::LLVMIntToPtr);
    let is_asked = asked.opcode() == Some(LLVMOpcode::LLVMICmp);
    (is_asked && is_helper && is_of_block(asked) && is_of_block(call)).then_some(call)
}

impl<'m> Pair<'m> {
    /// # Safety
    /// Both are branches of one live function.
    unsafe fn of(one: Value<'m>, other: Value<'m>) -> Option<Self> {
        let (one, other) = (one.block()?.as_ptr(), other.block()?.as_ptr());
        // SAFETY: blocks of a live function.
        let ways = unsafe { [one, other].map(|block| successors(block)) };
        let [ones, others] = &ways;
        if ones
            .iter()
            .chain(others)
            .any(|way| [one, other].contains(way))
        {
            return None;
        }
        // SAFETY: as above.
        let (mine, theirs) = unsafe { (body(one), body(other)) };
        let pairs = mine.iter().copied().rev().zip(theirs.iter().copied().rev());
        let mut same: Vec<_> = pairs.take_while(|(a, b)| are_alike(*a, *b)).collect();
        same.reverse();
        // As much as may be, but the call and what asks for it.
        while same.iter().any(|(a, _)| is_helper(*a)) {
            let mut known = Known::new();
            let are_joined = same.iter().all(|(a, b)| {
                let joined = phis(*a, *b, &known).is_some();
                known.insert(*b, *a);
                joined
            });
            // Behind a loop, what was computed last is not what was computed there.
            let stays = |(a, b): &(Value<'m>, Value<'m>)| {
                // SAFETY: as above.
                unsafe { is_used_in(*a, &alone(one)) && is_used_in(*b, &alone(other)) }
            };
            let count = same
                .iter()
                .map(|(a, b)| phis(*a, *b, &known).map_or(0, |phis| phis.len()));
            if are_joined && count.sum::<usize>() <= MOST_PHIS && same.iter().all(stays) {
                let mut both = ones.iter().zip(others);
                // SAFETY: as above.
                let goes_on =
                    both.all(|(a, b)| unsafe { go_on_alike((one, *a), (other, *b), &mut known) });
                return goes_on.then_some(Self { one, other, same });
            }
            same.remove(0);
        }
        None
    }

    /// # Safety
    /// The function is as it was when the pair was found.
    unsafe fn join(self, module: &Module<'_>) {
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        let Some(&(first, _)) = self.same.first() else {
            return;
        };
        // SAFETY: what is moved keeps its order; the new block gets all ways to the old one. What is joined uses what is
        // at hand in both blocks, or a phi of the two.
        unsafe {
            let before = split_before(context.as_ctx_ref(), builder, first);
            let line = LLVMInstructionGetDebugLoc(first.raw());
            LLVMInstructionSetDebugLoc(LLVMBuildBr(builder, self.one), line);

            let mut known = Known::new();
            for (a, b) in &self.same {
                for (index, mine, theirs) in phis(*a, *b, &known).unwrap_or_default() {
                    LLVMPositionBuilderBefore(builder, LLVMGetFirstInstruction(self.one));
                    let phi = LLVMBuildPhi(builder, mine.type_of(), c"".as_ptr());
                    let (mut values, mut from) = ([mine.raw(), theirs.raw()], [before, self.other]);
                    LLVMAddIncoming(phi, values.as_mut_ptr(), from.as_mut_ptr(), 2);
                    LLVMSetOperand(a.raw(), index, phi);
                }
                known.insert(*b, *a);
                forget(module, *a);
                if a.is_call() {
                    keep_what_both_say(*a, *b);
                }
            }
            for (a, b) in successors(self.one).into_iter().zip(successors(self.other)) {
                if a == b {
                    forget_way(builder, a, self.other);
                } else {
                    body(a).into_iter().for_each(|of| forget(module, of));
                }
            }
            LLVMInstructionEraseFromParent(LLVMGetBasicBlockTerminator(self.other));
            for (a, b) in self.same.iter().rev() {
                if b.is_used() {
                    LLVMReplaceAllUsesWith(b.raw(), a.raw());
                }
                LLVMInstructionEraseFromParent(b.raw());
            }
            LLVMPositionBuilderAtEnd(builder, self.other);
            LLVMInstructionSetDebugLoc(LLVMBuildBr(builder, self.one), line);
        }
    }
}

/// The instructions of a block but its branch.
///
/// # Safety
/// `block` is of a module that lives for `'m`.
unsafe fn body<'m>(block: LLVMBasicBlockRef) -> Vec<Value<'m>> {
    // SAFETY: as the caller's.
    let mut instructions = unsafe { block::instructions(block) };
    instructions.pop();
    instructions
}

/// Whether an instruction calls a helper.
fn is_helper(of: Value<'_>) -> bool {
    let opcode = of.callee().and_then(Value::opcode);
    opcode == Some(LLVMOpcode::LLVMIntToPtr)
}

/// Whether two instructions do the same with their operands.
fn are_alike(one: Value<'_>, other: Value<'_>) -> bool {
    use LLVMOpcode::{LLVMCall, LLVMGetElementPtr, LLVMICmp, LLVMLoad, LLVMTrunc};
    let callee_is_alike = || {
        let (Some(mine), Some(theirs)) = (one.callee(), other.callee()) else {
            return false;
        };
        let is_known = mine.is_passthrough() || mark(one).is_some() || is_helper(one);
        // SAFETY: both are calls.
        let are_typed_alike = unsafe {
            let of = |of: Value<'_>| {
                let (of, convention) = (of.raw(), LLVMGetInstructionCallConv(of.raw()));
                (LLVMGetCalledFunctionType(of), convention)
            };
            of(one) == of(other)
        };
        mine == theirs && is_known && are_typed_alike
    };
    // SAFETY: both are instructions of the opcode that is asked for.
    let does_the_same = || unsafe {
        match one.opcode() {
            Some(LLVMCall) => callee_is_alike(),
            Some(LLVMICmp) => {
                let asked = |of: Value<'_>| {
                    (
                        LLVMGetICmpPredicate(of.raw()),
                        LLVMGetICmpSameSign(of.raw()),
                    )
                };
                asked(one) == asked(other)
            }
            Some(LLVMGetElementPtr) => {
                one.gep_source() == other.gep_source()
                    && LLVMGEPGetNoWrapFlags(one.raw()) == LLVMGEPGetNoWrapFlags(other.raw())
            }
            Some(LLVMTrunc) => {
                let flags = |of: Value<'_>| (LLVMGetNUW(of.raw()), LLVMGetNSW(of.raw()));
                flags(one) == flags(other)
            }
            Some(LLVMLoad) => {
                let flags = |of: Value<'_>| (LLVMGetVolatile(of.raw()), LLVMGetAlignment(of.raw()));
                let is_plain = |of: Value<'_>| LLVMIsAtomic(of.raw()) == 0;
                flags(one) == flags(other) && is_plain(one) && is_plain(other)
            }
            _ => false,
        }
    };
    one.opcode() == other.opcode()
        && one.type_of() == other.type_of()
        && one.operands().len() == other.operands().len()
        && does_the_same()
}

/// The operands of two instructions that differ: where they are, and both. `None` where a phi cannot stand.
fn phis<'m>(
    one: Value<'m>,
    other: Value<'m>,
    known: &Known<'m>,
) -> Option<Vec<(u32, Value<'m>, Value<'m>)>> {
    let passes = one.callee().is_some_and(Value::is_passthrough);
    // LLVM wants the variable itself where its life begins and ends. A verifier before Linux 7.1 wants the context itself
    // in a load.
    let may_differ = one.opcode() != Some(LLVMOpcode::LLVMLoad) && mark(one).is_none();
    let mut phis = Vec::new();
    for ((index, mine), theirs) in (0..).zip(one.operands()).zip(other.operands()) {
        // What is passed through is numbered.
        if known.get(&theirs).unwrap_or(&theirs) == &mine || passes && index == 0 {
            continue;
        }
        let is_joined = known.values().any(|joined| *joined == mine) || known.contains_key(&theirs);
        let is_at_hand = |of: Value<'_>| of.is_instruction() || of.argument().is_some();
        let can_be = is_at_hand(mine) && is_at_hand(theirs) && mine.type_of() == theirs.type_of();
        if is_joined || !can_be || !may_differ {
            return None;
        }
        phis.push((index, mine, theirs));
    }
    Some(phis)
}

/// Whether all users of a value are in these blocks, or take it from one of them.
///
/// # Safety
/// The value is an instruction of a live module.
unsafe fn is_used_in(value: Value<'_>, blocks: &[LLVMBasicBlockRef]) -> bool {
    let is_in = |user: Value<'_>| {
        let block = user.block().map(|block| block.as_ptr());
        let mut taken = (0..)
            .zip(user.operands())
            .filter(|(_, operand)| *operand == value);
        match user.opcode() {
            Some(LLVMOpcode::LLVMPHI) => taken.all(|(index, _)| {
                // SAFETY: a phi has as many blocks as values.
                blocks.contains(&unsafe { LLVMGetIncomingBlock(user.raw(), index) })
            }),
            _ => block.is_some_and(|block| blocks.contains(&block)),
        }
    };
    value.users().into_iter().all(is_in)
}

/// Whether two ways, each from a block to one behind it, do the same and then go on to the same block.
///
/// # Safety
/// The blocks are of one live function.
unsafe fn go_on_alike<'m>(
    (one, a): (LLVMBasicBlockRef, LLVMBasicBlockRef),
    (other, b): (LLVMBasicBlockRef, LLVMBasicBlockRef),
    known: &mut Known<'m>,
) -> bool {
    // SAFETY: as the caller's.
    unsafe {
        if a == b {
            return bring_alike(a, one, other, known);
        }
        let (mine, theirs) = (body(a), body(b));
        let (ones, others) = (successors(a), successors(b));
        let is_one_way = ones.len() == 1 && ones == others && comes_alone(a) && comes_alone(b);
        let does_the_same = mine.len() == theirs.len()
            && mine.iter().zip(&theirs).all(|(mine, theirs)| {
                let same = are_alike(*mine, *theirs)
                    && phis(*mine, *theirs, known).is_some_and(|phis| phis.is_empty());
                known.insert(*theirs, *mine);
                same && is_used_in(*mine, &[a]) && is_used_in(*theirs, &[b])
            });
        is_one_way && does_the_same && bring_alike(ones[0], a, b, known)
    }
}

/// Whether the phis of a block take the same from two blocks.
///
/// # Safety
/// The blocks are of one live function.
unsafe fn bring_alike(
    block: LLVMBasicBlockRef,
    one: LLVMBasicBlockRef,
    other: LLVMBasicBlockRef,
    known: &Known<'_>,
) -> bool {
    // SAFETY: as the caller's; a phi has as many blocks as values.
    unsafe {
        body(block)
            .into_iter()
            .take_while(|of| of.is_phi())
            .all(|phi| {
                let from = |block| {
                    let mut all = (0..).zip(phi.operands());
                    let taken = all.find(|(at, _)| LLVMGetIncomingBlock(phi.raw(), *at) == block);
                    taken.map(|(_, value)| value)
                };
                let theirs = from(other);
                let theirs = theirs.map(|value| known.get(&value).copied().unwrap_or(value));
                theirs.is_some() && from(one) == theirs
            })
    }
}

/// Takes a way out of the phis of a block.
///
/// # Safety
/// `from` no longer goes there.
unsafe fn forget_way(builder: LLVMBuilderRef, block: LLVMBasicBlockRef, from: LLVMBasicBlockRef) {
    // SAFETY: as the caller's; a phi has as many blocks as values.
    unsafe {
        let phis = body(block).into_iter().take_while(|of| of.is_phi());
        for phi in phis.collect::<Vec<_>>() {
            LLVMPositionBuilderBefore(builder, phi.raw());
            let rest = LLVMBuildPhi(builder, phi.type_of(), c"".as_ptr());
            for (at, value) in (0..).zip(phi.operands()) {
                let mut way = LLVMGetIncomingBlock(phi.raw(), at);
                if way != from {
                    LLVMAddIncoming(rest, &mut value.raw(), &mut way, 1);
                }
            }
            LLVMReplaceAllUsesWith(phi.raw(), rest);
            LLVMInstructionEraseFromParent(phi.raw());
        }
    }
}

/// Takes from a call what is not said of another one: of what it takes and gives, and that it ends the function.
///
/// # Safety
/// Both are calls of one type.
unsafe fn keep_what_both_say(call: Value<'_>, other: Value<'_>) {
    // SAFETY: as the caller's; a call has as many attributes as it says, and the array room for them.
    unsafe {
        if LLVMIsTailCall(other.raw()) == 0 {
            LLVMSetTailCall(call.raw(), 0);
        }
        let attributes = |of: Value<'_>, place| {
            let count = LLVMGetCallSiteAttributeCount(of.raw(), place);
            let mut all = vec![std::ptr::null_mut(); count as usize];
            LLVMGetCallSiteAttributes(of.raw(), place, all.as_mut_ptr());
            all
        };
        let arguments = LLVMGetNumArgOperands(call.raw());
        for place in (0..=arguments).chain([LLVMAttributeFunctionIndex]) {
            let said = attributes(other, place);
            for attribute in attributes(call, place) {
                if !said.contains(&attribute) && LLVMIsStringAttribute(attribute) == 0 {
                    let kind = LLVMGetEnumAttributeKind(attribute);
                    LLVMRemoveCallSiteEnumAttribute(call.raw(), place, kind);
                }
            }
        }
    }
}
