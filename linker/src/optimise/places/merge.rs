//! Makes a variable a part of the one that it is copied into, where nobody can tell them apart.
//!
//! A helper fills a variable, and a program passes the value on: as a result, into a struct. Each step is a copy. LLVM
//! takes a result apart into its variants, and then a copy of 16 bytes is one of 3, of 4, of 8 and of 1:
//!
//! ```text
//! if read(&comm, 16, ..) != 0 goto failed         if read(&event.comm, 16, ..) != 0 goto failed
//! event.comm[0..3] = comm[0..3]                   ..
//! event.comm[3..7] = comm[3..7]                   send(&event)
//! ..
//! send(&event)
//! ```
//!
//! Two variables can have one memory if neither is written while the other one has a value there that may still be
//! read. What remains of the copies writes what is there, and LLVM takes it out.

use std::collections::HashSet;

use bpf_core_flow::ir::Value;
use inkwell::{
    attributes::Attribute,
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMBuildGEP2, LLVMConstInt, LLVMGetAlignment, LLVMGetEntryBasicBlock,
            LLVMGetFirstInstruction, LLVMGetNextInstruction, LLVMInsertIntoBuilder,
            LLVMInstructionEraseFromParent, LLVMInstructionRemoveFromParent, LLVMInt8TypeInContext,
            LLVMInt64TypeInContext, LLVMPositionBuilderBefore, LLVMRemoveCallSiteEnumAttribute,
            LLVMReplaceAllUsesWith, LLVMSetAlignment, LLVMSetOperand,
        },
        prelude::LLVMValueRef,
        target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir;
use crate::optimise::places::bytes::Bytes;
use crate::optimise::places::life::{Blocks, Lives, mark};
use crate::optimise::places::uses::{Local, Moved, Place, RESERVED, Use, is_reserved};

/// What LLVM is told of the memory behind an address. It was true of each variable alone.
pub(in crate::optimise) const OF_ONE_VARIABLE: [&str; 6] = [
    "noalias",
    "alias.scope",
    "tbaa",
    "tbaa.struct",
    "invariant.load",
    "invariant.group",
];

/// Does so in all functions.
pub(in crate::optimise) fn merge(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        let mut merged = false;
        while let Some(pair) = pair(layout, function) {
            pair.merge(module, function);
            merged = true;
        }
        if merged {
            forget_variables(module, function);
        }
    }
}

/// Takes from a function what LLVM is told of each variable, once some have one memory.
pub(in crate::optimise) fn forget_variables(module: &Module<'_>, function: Value<'_>) {
    for instruction in function.instructions() {
        ir::forget(module, instruction, &OF_ONE_VARIABLE);
    }
}

/// A variable that can be a part of another one.
pub(super) struct Pair<'m> {
    pub(super) inner: Local<'m>,
    pub(super) outer: Local<'m>,
    /// Where in the outer one.
    pub(super) at: u64,
    pub(super) blocks: Blocks<'m>,
}

/// The next one of a function.
fn pair<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<Pair<'m>> {
    let mut asked = HashSet::new();
    for (to, from) in copies(function) {
        for (inner, outer) in [(from, to), (to, from)] {
            let Some(at) = outer.offset.checked_sub(inner.offset) else {
                continue;
            };
            if inner.variable == outer.variable
                || !asked.insert((inner.variable, outer.variable, at))
            {
                continue;
            }
            if let Some(pair) = Pair::of(layout, function, inner.variable, outer.variable, at) {
                return Some(pair);
            }
        }
    }
    None
}

/// All copies of a function from variable to variable: where to, and from where.
pub(super) fn copies<'m>(function: Value<'m>) -> Vec<(Place<'m>, Place<'m>)> {
    let mut found = Vec::new();
    for instruction in function.instructions() {
        if let Some(Moved { to, from, .. }) = Moved::by_call(instruction) {
            found.extend(Place::of(to).zip(Place::of(from)));
        } else if instruction.opcode() == Some(LLVMOpcode::LLVMStore) {
            let operands = instruction.operands();
            let [value, to] = operands.as_slice() else {
                continue;
            };
            let Some(to) = Place::of(*to) else { continue };
            let values = match value.is_instruction() && value.is_phi() {
                true => value.operands(),
                false => vec![*value],
            };
            let is_load =
                |of: &Value<'m>| of.is_instruction() && of.opcode() == Some(LLVMOpcode::LLVMLoad);
            for load in values.into_iter().filter(is_load) {
                let from = load.operands().first().and_then(|from| Place::of(*from));
                found.extend(from.map(|from| (to, from)));
            }
        }
    }
    found
}

impl<'m> Pair<'m> {
    fn of(
        layout: LLVMTargetDataRef,
        function: Value<'m>,
        inner: Value<'m>,
        outer: Value<'m>,
        at: u64,
    ) -> Option<Self> {
        let (inner, outer) = (Local::of(layout, inner)?, Local::of(layout, outer)?);
        let pair = Self {
            blocks: Blocks::of(function),
            inner,
            outer,
            at,
        };
        pair.is_free().then_some(pair)
    }

    /// Whether nobody can tell the two apart once they have one memory.
    pub(super) fn is_free(&self) -> bool {
        let used = self.inner.used();
        if self.at + used > self.outer.size {
            return false;
        }
        let at = self.outer.behind_first(self.at);
        let shared = Bytes::range(at, used);
        let all: HashSet<Value<'m>> = self.all().collect();
        let inner_read = self.blocks.read_behind(&self.inner, &all);
        let outer_read = self.blocks.read_behind(&self.outer, &all);
        all.into_iter().all(|instruction| {
            if self.does_nothing(instruction) {
                return true;
            }
            let mine = self.inner.uses.get(&instruction);
            let theirs = self.outer.uses.get(&instruction);
            if mine.is_some() && theirs.is_some() && !self.is_copy(instruction) {
                return false;
            }
            let writes = |of: Option<&Use>| of.map_or(Bytes::default(), |of| of.writes);
            let mine = writes(mine).moved(at);
            let theirs = writes(theirs).and(shared);
            let of = |read: &std::collections::HashMap<_, Bytes>| {
                read.get(&instruction).copied().unwrap_or_default()
            };
            let is_read = |written: Bytes, read: Bytes| !written.and(read).is_empty();
            !is_read(mine, of(&outer_read)) && !is_read(theirs, of(&inner_read).moved(at))
        })
    }

    /// All that is done with either.
    pub(super) fn all(&self) -> impl Iterator<Item = Value<'m>> {
        let uses = self.inner.uses.keys().chain(self.outer.uses.keys());
        uses.copied()
    }

    /// Where a place is in the outer variable. `None` in any other one.
    fn placed(&self, place: Place<'m>) -> Option<u64> {
        match place.variable {
            of if of == self.outer.variable => Some(place.offset),
            of if of == self.inner.variable => self.at.checked_add(place.offset),
            _ => None,
        }
    }

    /// Where an instruction copies to and from in the outer variable, and how much.
    fn copied(&self, instruction: Value<'m>) -> Option<(u64, u64, u64)> {
        let Moved { to, from, count } = Moved::by_call(instruction)?;
        let placed = |pointer| self.placed(Place::of(pointer)?);
        Some((placed(to)?, placed(from)?, count))
    }

    /// Whether an instruction copies what has one memory then.
    fn does_nothing(&self, instruction: Value<'m>) -> bool {
        let copied = self.copied(instruction);
        copied.is_some_and(|(to, from, _)| to == from)
    }

    /// Whether an instruction that does something with both copies to other bytes.
    fn is_copy(&self, instruction: Value<'m>) -> bool {
        let copied = self.copied(instruction);
        copied.is_some_and(|(to, from, count)| to.abs_diff(from) >= count)
    }

    fn merge(self, module: &Module<'_>, function: Value<'m>) {
        let all: HashSet<Value<'m>> = self.all().collect();
        let (marks, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|of| mark(*of).is_some());
        self.align(&others);
        self.mark(&marks.into_iter().collect());
        let outer = self.outer.variable.raw();
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        // SAFETY: all is of one live function. The outer variable stands before all other instructions.
        let next = unsafe {
            let first = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function.raw()));
            if first != outer {
                LLVMInstructionRemoveFromParent(outer);
                LLVMPositionBuilderBefore(builder, first);
                LLVMInsertIntoBuilder(builder, outer);
            }
            LLVMGetNextInstruction(outer)
        };
        self.replace(module, &others, next);
    }

    /// Puts a part of the outer one in place of the inner one, whose address is computed in front of an instruction.
    /// `others` is all that is done with either, but marks.
    pub(super) fn replace(self, module: &Module<'_>, others: &[Value<'m>], before: LLVMValueRef) {
        let (inner, outer) = (self.inner.variable.raw(), self.outer.variable.raw());
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        // SAFETY: the address stands before all that is done with the inner variable, and the outer one has as many bytes
        // from there on as the inner one uses.
        unsafe {
            for copy in others.iter().filter(|of| self.does_nothing(**of)) {
                LLVMInstructionEraseFromParent(copy.raw());
            }
            LLVMPositionBuilderBefore(builder, before);
            let context = context.as_ctx_ref();
            let mut at = LLVMConstInt(LLVMInt64TypeInContext(context), self.at, 0);
            let byte = LLVMInt8TypeInContext(context);
            let place = LLVMBuildGEP2(builder, byte, outer, &mut at, 1, c"".as_ptr());
            LLVMReplaceAllUsesWith(inner, place);
            LLVMInstructionEraseFromParent(inner);
        }
    }

    /// Marks the life of the outer variable such that it lives whenever one of the two did.
    fn mark(&self, marks: &HashSet<Value<'m>>) {
        let inner_lives = self.blocks.lives_before(self.inner.variable, marks);
        let outer_lives = self.blocks.lives_before(self.outer.variable, marks);
        let other = |of: &Value<'m>| {
            let (begins, variable) = mark(*of)?;
            let lives = match variable == self.inner.variable {
                true => outer_lives.get(of),
                false => inner_lives.get(of),
            };
            Some((begins, *lives?))
        };
        // Whether a begin would be one of something that lives, or not, depends on the way.
        let is_unclear = |of: &Value<'m>| {
            other(of).is_none_or(|(begins, Lives { maybe, surely })| begins && maybe != surely)
        };
        // A value that is in neither while it goes from the one to the other would be gone.
        let begins = |variable: Value<'m>| {
            let is_begin = |of: &&Value<'m>| mark(**of) == Some((true, variable));
            let mut begins = marks.iter().filter(is_begin);
            begins.any(|of| other(of).is_some_and(|(_, lives)| !lives.maybe))
        };
        let are_apart = begins(self.inner.variable) && begins(self.outer.variable);
        let are_unmarked = are_apart || marks.iter().any(is_unclear);
        for mark in marks {
            let goes_on = other(mark).is_some_and(|(_, lives)| lives.maybe);
            // SAFETY: a mark is a call whose last argument is the variable, and gives nothing that is used.
            unsafe {
                if are_unmarked || goes_on {
                    LLVMInstructionEraseFromParent(mark.raw());
                } else {
                    let last = mark.arguments().len() - 1;
                    LLVMSetOperand(mark.raw(), last as u32, self.outer.variable.raw());
                }
            }
        }
    }

    /// Says of no access that its address is a multiple of what it need not be any more.
    pub(super) fn align(&self, others: &[Value<'m>]) {
        let (inner, outer) = (self.inner.variable, self.outer.variable);
        // SAFETY: the value is an `alloca` instruction of a live module.
        let mine = unsafe { LLVMGetAlignment(inner.raw()) };
        let is_aligned = self.at.is_multiple_of(mine.into());
        if is_aligned && !is_reserved(outer) {
            // SAFETY: as above.
            return unsafe {
                LLVMSetAlignment(outer.raw(), mine.max(LLVMGetAlignment(outer.raw())))
            };
        }
        if is_aligned && mine <= RESERVED {
            return;
        }
        let most = RESERVED.min(1 << self.at.trailing_zeros().min(31));
        let kind = Attribute::get_named_enum_kind_id("align");
        for access in others.iter().filter(|of| self.inner.uses.contains_key(of)) {
            // SAFETY: the value is a load, a store or a call of a live module. A call has as many arguments as it says, whose
            // attributes are numbered from 1 on.
            unsafe {
                match access.opcode() {
                    Some(LLVMOpcode::LLVMLoad | LLVMOpcode::LLVMStore) => {
                        let said = LLVMGetAlignment(access.raw());
                        LLVMSetAlignment(access.raw(), said.min(most));
                    }
                    _ => {
                        for argument in 1..=access.arguments().len() {
                            LLVMRemoveCallSiteEnumAttribute(access.raw(), argument as u32, kind);
                        }
                    }
                }
            }
        }
    }
}
