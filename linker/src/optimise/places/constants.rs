//! Writes constants in stores as wide as can be.
//!
//! LLVM writes an array of bytes as it was taken apart, and code generation calls a function for each fill, however small
//! it is, once it expands copies in order (`BPFISelLowering.cpp`), as bpf-linker has it. The function is a loop, which the
//! verifier walks byte by byte.

use std::collections::BTreeSet;

use bpf_core_flow::ir::Value;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMBuildGEP2, LLVMBuildStore, LLVMConstInt, LLVMGetAlignment,
            LLVMInstructionEraseFromParent, LLVMInt8TypeInContext, LLVMInt64TypeInContext,
            LLVMIntTypeInContext, LLVMPositionBuilderBefore, LLVMSetAlignment,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        target::LLVMTargetDataRef,
    },
    module::Module,
};

use crate::optimise::places::address::{
    Address, Aligned, REGISTER, Target, is_big, is_plain, pieces, said,
};
use crate::optimise::places::bytes::MOST;
use crate::optimise::places::life::Blocks;
use crate::optimise::places::runs;
use crate::optimise::places::uses::Moved;

/// How many stores a fill is, at most: as many as the stack has words.
const MOST_STORES: usize = (MOST / REGISTER) as usize;

/// Does so in all functions.
pub(in crate::optimise) fn write(module: &Module<'_>) {
    runs::rewrite(module, run, |run| run.write(module));
}

/// Constants that an instruction writes.
struct Part<'m> {
    by: Value<'m>,
    to: Address<'m>,
    bytes: Vec<u8>,
    align: u32,
}

impl<'m> Part<'m> {
    fn of(by: Value<'m>, is_big: bool) -> Option<Self> {
        let operands = by.operands();
        let (to, bytes, align) = match by.opcode()? {
            LLVMOpcode::LLVMStore => {
                let [value, to] = operands.as_slice() else {
                    return None;
                };
                let bits = value.integer_width()?;
                (is_plain(by) && bits.is_multiple_of(8)).then_some(())?;
                let size = (bits / 8) as usize;
                let bytes = match is_big {
                    true => value.integer()?.to_be_bytes()[8 - size..].to_vec(),
                    false => value.integer()?.to_le_bytes()[..size].to_vec(),
                };
                // SAFETY: the value is a store.
                (*to, bytes, unsafe { LLVMGetAlignment(by.raw()) })
            }
            LLVMOpcode::LLVMCall => {
                let (to, bytes) = copied(by).or_else(|| filled(by))?;
                (to, bytes, said(by))
            }
            _ => return None,
        };
        Some(Self {
            by,
            to: Address::of(to),
            bytes,
            align,
        })
    }

    /// Whether it is as wide as it can be already.
    fn is_one_store(&self) -> bool {
        !self.by.is_call() && u64::from(self.align) >= REGISTER.min(self.bytes.len() as u64)
    }

    fn end(&self) -> Option<i64> {
        self.to
            .offset
            .checked_add(self.bytes.len().try_into().ok()?)
    }

    /// How many instructions it is, about; for a call, with those that the verifier walks in it.
    fn instructions(&self, is_big: bool, known: &mut BTreeSet<u64>) -> usize {
        let count = self.bytes.len();
        let to = u64::from(self.align).clamp(1, REGISTER);
        let pieces = pieces(&[Aligned { offset: 0, to }], count as u64);
        match (self.by.is_call(), Moved::by_call(self.by)) {
            (true, Some(_)) => 2 * pieces.len() + 4,
            (true, None) => 5 + count,
            _ => stores(&pieces, &self.bytes, is_big, known),
        }
    }
}

/// Where a call copies constants to, and which.
fn copied<'m>(call: Value<'m>) -> Option<(Value<'m>, Vec<u8>)> {
    let Moved { to, from, count } = Moved::by_call(call)?;
    let (global, first) = from.global_and_offset()?;
    let bytes = global.constant_initializer()?.bytes()?;
    let (first, count) = (usize::try_from(first).ok()?, usize::try_from(count).ok()?);
    let bytes = bytes.get(first..first.checked_add(count)?)?;
    // What a loader may write is none of these.
    global.is_internal().then(|| (to, bytes.to_vec()))
}

/// Where a call fills memory, and with what.
fn filled<'m>(call: Value<'m>) -> Option<(Value<'m>, Vec<u8>)> {
    let (callee, arguments) = call.call()?;
    let [to, byte, count, volatile] = arguments.as_slice() else {
        return None;
    };
    let is_fill = callee.name().starts_with(b"llvm.memset.") && volatile.integer() == Some(0);
    let count = count.integer().filter(|count| is_fill && *count <= MOST)?;
    Some((*to, vec![byte.integer()? as u8; count as usize]))
}

/// How many instructions these stores are, where some values are at hand.
fn stores(pieces: &[(u64, u64)], bytes: &[u8], is_big: bool, known: &mut BTreeSet<u64>) -> usize {
    let each = pieces.iter().map(|(at, size)| {
        let value = number(&bytes[*at as usize..(at + size) as usize], is_big);
        let is_short = i32::try_from(value.cast_signed()).is_ok();
        match (known.insert(value), is_short) {
            (false, _) => 1,
            (true, true) => 2,
            (true, false) => 3,
        }
    });
    each.sum()
}

fn number(bytes: &[u8], is_big: bool) -> u64 {
    let next = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    match is_big {
        true => bytes.iter().fold(0, next),
        false => bytes.iter().rev().fold(0, next),
    }
}

/// Constants, one behind the other in the memory that they are written to, in one block.
struct Run<'m> {
    parts: Vec<Part<'m>>,
    bytes: Vec<u8>,
    /// The last one that is written.
    last: Value<'m>,
    pieces: Vec<(u64, u64)>,
    target: Target<'m>,
    is_big: bool,
}

/// The next run of a function.
fn run<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<Run<'m>> {
    let is_big = is_big(layout);
    let parts = function.instructions().into_iter();
    let parts = parts.filter_map(|by| Part::of(by, is_big));
    let ways = runs::grouped(parts, |part| (part.by.block(), part.to.base));
    let mut blocks = None;
    for mut parts in ways {
        parts.sort_by_key(|part| part.to.offset);
        for parts in runs::adjacent(parts, |last, part| last.end() == Some(part.to.offset)) {
            if parts.len() == 1 && parts.iter().all(Part::is_one_store) {
                continue;
            }
            let blocks = blocks.get_or_insert_with(|| Blocks::of(function));
            if let Some(run) = Run::of(blocks, layout, parts, is_big) {
                return Some(run);
            }
        }
    }
    None
}

impl<'m> Run<'m> {
    fn of(
        blocks: &Blocks<'m>,
        layout: LLVMTargetDataRef,
        parts: Vec<Part<'m>>,
        is_big: bool,
    ) -> Option<Self> {
        let first = parts.first()?;
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.bytes.clone()).collect();
        let target = Target::of(layout, first.to, first.align, bytes.len() as u64)?;
        let pieces = pieces(&[target.aligned], bytes.len() as u64);
        let mut known = BTreeSet::new();
        let each = parts
            .iter()
            .map(|part| part.instructions(is_big, &mut known));
        let now: usize = each.sum();
        let then = stores(&pieces, &bytes, is_big, &mut BTreeSet::new());
        (pieces.len() <= MOST_STORES && then < now).then_some(())?;
        let written: Vec<Value<'m>> = parts.iter().map(|part| part.by).collect();
        let last = runs::last(blocks, (layout, &target), &written)?;
        Some(Self {
            parts,
            bytes,
            last,
            pieces,
            target,
            is_big,
        })
    }

    fn write(self, module: &Module<'_>) {
        self.target.align();
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        let Address { base, offset } = self.target.address;
        // SAFETY: where to is at hand in front of the last part, as all are of one block.
        unsafe {
            let context = context.as_ctx_ref();
            let byte = LLVMInt8TypeInContext(context);
            let word = LLVMInt64TypeInContext(context);
            LLVMPositionBuilderBefore(builder, self.last.raw());
            let line = LLVMInstructionGetDebugLoc(self.last.raw());
            for (at, size) in self.pieces {
                let bytes = &self.bytes[at as usize..(at + size) as usize];
                let of = LLVMIntTypeInContext(context, 8 * size as u32);
                let value = LLVMConstInt(of, number(bytes, self.is_big), 0);
                let mut at = LLVMConstInt(word, offset.wrapping_add_unsigned(at) as u64, 0);
                let to = LLVMBuildGEP2(builder, byte, base.raw(), &mut at, 1, c"".as_ptr());
                let store = LLVMBuildStore(builder, value, to);
                LLVMSetAlignment(store, size as u32);
                LLVMInstructionSetDebugLoc(store, line);
            }
            for part in self.parts {
                LLVMInstructionEraseFromParent(part.by.raw());
            }
        }
    }
}
