//! Makes one copy of several, each of a part of a variable, to memory that has the parts side by side.
//!
//! LLVM takes a result apart into its variants, and then a copy of 16 bytes is one of 3, of 4, of 8 and of 1. Code
//! generation makes each of these byte by byte where it is no multiple of its size away from the first one.

use bpf_core_flow::ir::Value;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMBuildGEP2, LLVMBuildLoad2, LLVMBuildStore, LLVMConstInt, LLVMGetAlignment,
            LLVMInstructionEraseFromParent, LLVMInt8TypeInContext, LLVMInt64TypeInContext,
            LLVMIntTypeInContext, LLVMPositionBuilderBefore, LLVMSetAlignment,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        target::LLVMTargetDataRef,
    },
    module::Module,
};

use crate::optimise::places::address::{
    Address, Aligned, REGISTER, Target, align, is_plain, pieces, said,
};
use crate::optimise::places::bytes::Bytes;
use crate::optimise::places::life::{Blocks, mark};
use crate::optimise::places::runs;
use crate::optimise::places::uses::{Local, Moved, Place};

/// How many pieces a copy has, at most. For more, code generation would call a function in place of it
/// (`getMaxStoresPerMemcpy` in `BPFISelLowering.cpp`), which is smaller.
const MOST_PIECES: usize = 128;

/// Does so in all functions.
pub(in crate::optimise) fn join(module: &Module<'_>) {
    runs::rewrite(module, run, |run| run.join(module));
}

/// A copy of a part of a variable.
struct Part<'m> {
    /// What writes it.
    by: Value<'m>,
    /// What reads it: the same, or a load.
    read_by: Value<'m>,
    from: Place<'m>,
    count: u64,
    to: Address<'m>,
    align: u32,
}

impl<'m> Part<'m> {
    /// The copy that an instruction ends.
    fn of(by: Value<'m>) -> Option<Self> {
        let (to, from, count, read_by, align) = if let Some(moved) = Moved::by_call(by) {
            (moved.to, moved.from, moved.count, by, said(by))
        } else {
            (by.opcode() == Some(LLVMOpcode::LLVMStore) && is_plain(by)).then_some(())?;
            let operands = by.operands();
            let [load, to] = operands.as_slice() else {
                return None;
            };
            let is_load = load.is_instruction() && load.opcode() == Some(LLVMOpcode::LLVMLoad);
            let bits = load.integer_width();
            let bits = bits.filter(|bits| is_load && bits.is_multiple_of(8))?;
            // SAFETY: the value is a store.
            let align = unsafe { LLVMGetAlignment(by.raw()) };
            (
                *to,
                *load.operands().first()?,
                u64::from(bits / 8),
                *load,
                align,
            )
        };
        let (from, to) = (Place::of(from)?, Address::of(to));
        (to.base != from.variable).then_some(Self {
            by,
            read_by,
            from,
            count,
            to,
            align,
        })
    }

    /// How many instructions it is, about.
    fn instructions(&self) -> usize {
        let pieces = |align: u32| {
            let to = u64::from(align).clamp(1, REGISTER);
            pieces(&[Aligned { offset: 0, to }], self.count).len()
        };
        if self.by == self.read_by {
            // Both addresses are put into registers.
            return 2 * pieces(self.align) + 3;
        }
        // SAFETY: the value is a load.
        let loads = pieces(unsafe { LLVMGetAlignment(self.read_by.raw()) });
        let stores = pieces(self.align);
        // What is loaded in pieces is put together, and what is stored so taken apart. What is loaded in another block
        // stays in a register until then.
        let is_far = self.by.block() != self.read_by.block();
        3 * loads - 2 + 2 * stores - 1 + usize::from(is_far)
    }
}

/// Parts, one behind the other in the memory that they are copied from and to, and done in one block.
struct Run<'m> {
    parts: Vec<Part<'m>>,
    /// The last one that is done.
    last: Value<'m>,
    pieces: Vec<(u64, u64)>,
    target: Target<'m>,
    /// Ends of the variable's life that would come too early.
    ends: Vec<Value<'m>>,
}

/// The next run of a function.
fn run<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<Run<'m>> {
    let parts = function.instructions().into_iter().filter_map(Part::of);
    // What is joined is of one block, one variable and one address, as far from it there as here.
    let mut ways = runs::grouped(parts, |part| {
        let further = i128::from(part.to.offset) - i128::from(part.from.offset);
        (part.by.block(), part.from.variable, part.to.base, further)
    });
    ways.retain(|parts| parts.len() > 1);
    let mut blocks = None;
    for parts in ways {
        let blocks = blocks.get_or_insert_with(|| Blocks::of(function));
        let Some(local) = Local::of(layout, parts.first()?.from.variable) else {
            continue;
        };
        for parts in adjacent(parts) {
            if let Some(run) = Run::of(blocks, layout, &local, parts) {
                return Some(run);
            }
        }
    }
    None
}

/// Those that are one behind the other.
fn adjacent(mut parts: Vec<Part<'_>>) -> Vec<Vec<Part<'_>>> {
    parts.sort_by_key(|part| part.from.offset);
    let mut runs = runs::adjacent(parts, |last, part| {
        last.from.offset + last.count == part.from.offset
    });
    runs.retain(|run| run.len() > 1);
    runs
}

impl<'m> Run<'m> {
    fn of(
        blocks: &Blocks<'m>,
        layout: LLVMTargetDataRef,
        local: &Local<'m>,
        parts: Vec<Part<'m>>,
    ) -> Option<Self> {
        let first = parts.first()?;
        let count = parts.iter().map(|part| part.count).sum::<u64>();
        let target = Target::of(layout, first.to, first.align, count)?;
        let from = Aligned {
            offset: first.from.offset,
            to: REGISTER,
        };
        let pieces = pieces(&[target.aligned, from], count);
        let now: usize = parts.iter().map(Part::instructions).sum();
        (pieces.len() <= MOST_PIECES && 2 * pieces.len() < now).then_some(())?;
        let written: Vec<Value<'m>> = parts.iter().map(|part| part.by).collect();
        let last = runs::last(blocks, (layout, &target), &written)?;
        let mut ends = Vec::new();
        for part in parts.iter().filter(|part| part.read_by != last) {
            let bytes = Bytes::range(part.from.offset, part.count);
            let is_end = |of: Value<'m>| mark(of).is_some_and(|(begins, _)| !begins);
            let changes = |of: Value<'m>| {
                let done = local.uses.get(&of);
                done.is_some_and(|done| {
                    !done.writes.or(done.ends).and(bytes).is_empty() && !is_end(of)
                })
            };
            blocks.stays(part.read_by, last, changes).then_some(())?;
            let comes = |of: Value<'m>| local.uses.contains_key(&of) && is_end(of);
            if !blocks.stays(part.read_by, last, comes) {
                let marks = local.uses.keys().copied();
                ends = marks.filter(|of| is_end(*of)).collect();
            }
        }
        Some(Self {
            parts,
            last,
            pieces,
            target,
            ends,
        })
    }

    fn join(self, module: &Module<'_>) {
        let [first, ..] = self.parts.as_slice() else {
            return;
        };
        align(first.from.variable);
        self.target.align();
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        // SAFETY: where to is at hand in front of the last part, as all are of one block; the variable has that many bytes.
        unsafe {
            let context = context.as_ctx_ref();
            let byte = LLVMInt8TypeInContext(context);
            let word = LLVMInt64TypeInContext(context);
            LLVMPositionBuilderBefore(builder, self.last.raw());
            let line = LLVMInstructionGetDebugLoc(self.last.raw());
            let behind = |base: Value<'m>, at: u64| {
                let mut at = LLVMConstInt(word, at, 0);
                LLVMBuildGEP2(builder, byte, base.raw(), &mut at, 1, c"".as_ptr())
            };
            for (at, size) in self.pieces {
                let of = LLVMIntTypeInContext(context, 8 * size as u32);
                let from = behind(first.from.variable, first.from.offset + at);
                let load = LLVMBuildLoad2(builder, of, from, c"".as_ptr());
                let to = first.to.offset.wrapping_add_unsigned(at);
                let store = LLVMBuildStore(builder, load, behind(first.to.base, to as u64));
                for made in [load, store] {
                    LLVMSetAlignment(made, size as u32);
                    LLVMInstructionSetDebugLoc(made, line);
                }
            }
            for done in self.parts.iter().map(|part| part.by).chain(self.ends) {
                LLVMInstructionEraseFromParent(done.raw());
            }
        }
    }
}
