//! Stores a number byte by byte, where some of its bytes come from where they go to.
//!
//! A value of 16 bytes is in parts that overlap other parts, once LLVM has taken two results apart. Then a number has
//! bytes of two variables, or of one and of a constant, and shifts put it together:
//!
//! ```text
//! part = phi [0, v4], [event[7..10] << 8, v6]
//! event[6..10] = event[6] | part
//! ```
//!
//! For IPv6, each byte is where it goes already. Once each is stored alone, `chosen.rs` and `idle.rs` see that, and take the
//! stores out.

use std::collections::HashMap;

use bpf_core_flow::ir::Value;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBuildGEP2, LLVMBuildLShr, LLVMBuildPhi, LLVMBuildStore,
            LLVMBuildTrunc, LLVMConstInt, LLVMGetBasicBlockTerminator, LLVMGetIncomingBlock,
            LLVMInstructionEraseFromParent, LLVMInt8TypeInContext, LLVMInt64TypeInContext,
            LLVMPositionBuilderBefore, LLVMSetAlignment, LLVMTypeOf,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::{LLVMBuilderRef, LLVMValueRef},
        target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir;
use crate::optimise::places::address::{is_big, is_plain};
use crate::optimise::places::uses::{Local, Place};

/// Does so in all functions.
pub(in crate::optimise) fn split(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    let context = module.get_context();
    let builder = context.create_builder();
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        let found: Vec<_> = function
            .instructions()
            .into_iter()
            .filter_map(|store| Number::of(layout, store))
            .collect();
        let is_split = !found.is_empty();
        let mut phis = HashMap::new();
        for number in found {
            // SAFETY: all is of one live function.
            unsafe { number.store(module, builder.as_mut_ptr(), &mut phis) };
        }
        if is_split {
            // What put the numbers together.
            ir::run_passes(function, c"dce");
        }
    }
}

/// A byte of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte<'m> {
    Constant(u8),
    /// The byte of that significance of another number.
    Of(Value<'m>, u32),
}

/// The bytes of a number, the least significant first.
fn bytes<'m>(number: Value<'m>, depth: u32) -> Option<Vec<Byte<'m>>> {
    let width = number.integer_width()?;
    let count = width / 8;
    (width.is_multiple_of(8) && count <= 8).then_some(())?;
    let itself = || (0..count).map(|at| Byte::Of(number, at)).collect();
    if let Some(constant) = number.integer() {
        let all = constant.to_le_bytes();
        return Some(
            all[..count as usize]
                .iter()
                .map(|byte| Byte::Constant(*byte))
                .collect(),
        );
    }
    if !number.is_instruction() || depth == 0 {
        return Some(itself());
    }
    let operands = number.operands();
    let of = |at: usize| bytes(*operands.get(at)?, depth - 1);
    let shifted = || {
        let by = operands.get(1)?.integer()?;
        by.is_multiple_of(8).then_some(by as usize / 8)
    };
    let zeros = |count: usize| std::iter::repeat_n(Byte::Constant(0), count);
    let count = count as usize;
    let found = match number.opcode()? {
        LLVMOpcode::LLVMTrunc => of(0).map(|all| all[..count].to_vec()),
        LLVMOpcode::LLVMZExt => of(0).map(|mut all| {
            all.extend(zeros(count - all.len()));
            all
        }),
        LLVMOpcode::LLVMShl => of(0)
            .zip(shifted())
            .map(|(all, by)| zeros(by).chain(all).take(count).collect()),
        LLVMOpcode::LLVMLShr => of(0).zip(shifted()).map(|(all, by)| {
            all.into_iter()
                .skip(by)
                .chain(zeros(by))
                .take(count)
                .collect()
        }),
        LLVMOpcode::LLVMOr => of(0).zip(of(1)).and_then(|(one, other)| {
            let both = one.into_iter().zip(other);
            both.map(|both| match both {
                (Byte::Constant(0), byte) | (byte, Byte::Constant(0)) => Some(byte),
                (one, other) => (one == other).then_some(one),
            })
            .collect()
        }),
        // Of two numbers side by side, a part: `llvm.fshl` and `llvm.fshr`.
        LLVMOpcode::LLVMCall => number.call().and_then(|(callee, arguments)| {
            let [high, low, by] = arguments.as_slice() else {
                return None;
            };
            let by = by.integer().filter(|by| by.is_multiple_of(8))? as usize / 8 % count;
            let skipped = match callee.name() {
                name if name.starts_with(b"llvm.fshl.") => count - by,
                name if name.starts_with(b"llvm.fshr.") => by,
                _ => return None,
            };
            let both = bytes(*low, depth - 1)?
                .into_iter()
                .chain(bytes(*high, depth - 1)?);
            Some(both.skip(skipped).take(count).collect())
        }),
        LLVMOpcode::LLVMPHI => {
            let deep = depth.saturating_sub(DEEPEST / 2);
            let ways = operands.iter().map(|way| bytes(*way, deep));
            ways.collect::<Option<Vec<_>>>().map(|ways| {
                let meet = |(at, byte): (usize, Byte<'m>)| {
                    let first = ways.first().and_then(|way| way.get(at).copied());
                    let known = first.filter(|of| matches!(of, Byte::Constant(_)));
                    let known = known.filter(|of| ways.iter().all(|way| way.get(at) == Some(of)));
                    known.unwrap_or(byte)
                };
                let itself: Vec<_> = itself();
                itself.into_iter().enumerate().map(meet).collect()
            })
        }
        _ => None,
    };
    Some(found.unwrap_or_else(itself))
}

/// As many steps as LLVM puts a number of eight bytes together in.
const DEEPEST: u32 = 12;

/// A number that is stored, and its bytes.
struct Number<'m> {
    store: Value<'m>,
    to: Value<'m>,
    bytes: Vec<Byte<'m>>,
    is_big: bool,
}

impl<'m> Number<'m> {
    fn of(layout: LLVMTargetDataRef, store: Value<'m>) -> Option<Self> {
        (store.opcode()? == LLVMOpcode::LLVMStore && is_plain(store)).then_some(())?;
        let operands = store.operands();
        let [number, to] = operands.as_slice() else {
            return None;
        };
        (number.is_instruction() && !is_whole(*number)).then_some(())?;
        let bytes = bytes(*number, DEEPEST)?;
        let place = Place::of(*to)?;
        let is_big = is_big(layout);
        let count = bytes.len() as u64;
        let found = Self {
            store,
            to: *to,
            bytes,
            is_big,
        };
        let mut each = (0..count).zip(&found.bytes);
        let returns = each.any(|(at, byte)| {
            let offset = place.offset + found.behind(at);
            comes_from(*byte, Place { offset, ..place }, is_big)
        });
        (returns && Local::of(layout, place.variable).is_some()).then_some(found)
    }

    /// How far behind the address a byte of that significance is.
    fn behind(&self, significance: u64) -> u64 {
        behind(significance, self.bytes.len() as u64, self.is_big)
    }

    /// # Safety
    /// The store is of a live module, whose builder and phis these are.
    unsafe fn store(
        self,
        module: &Module<'_>,
        builder: LLVMBuilderRef,
        phis: &mut HashMap<(Value<'m>, u32), LLVMValueRef>,
    ) {
        let context = module.get_context().as_ctx_ref();
        // SAFETY: every byte is known where the number is stored, as the number is computed of it. A phi of a byte is beside
        // that of the number, and what comes into it is known at the end of the block that it comes from.
        unsafe {
            let byte_type = LLVMInt8TypeInContext(context);
            let word = LLVMInt64TypeInContext(context);
            let line = LLVMInstructionGetDebugLoc(self.store.raw());
            let part = |byte: Byte<'m>| match byte {
                Byte::Constant(byte) => LLVMConstInt(byte_type, byte.into(), 0),
                Byte::Of(number, 0) if LLVMTypeOf(number.raw()) == byte_type => number.raw(),
                Byte::Of(number, at) => {
                    let by = LLVMConstInt(LLVMTypeOf(number.raw()), (8 * at).into(), 0);
                    let shifted = match at {
                        0 => number.raw(),
                        _ => LLVMBuildLShr(builder, number.raw(), by, c"".as_ptr()),
                    };
                    LLVMBuildTrunc(builder, shifted, byte_type, c"".as_ptr())
                }
            };
            for (at, byte) in (0..).zip(&self.bytes) {
                let value = match *byte {
                    Byte::Of(phi, significance) if phi.is_phi() && !is_whole(phi) => {
                        let known = phis.get(&(phi, significance)).copied();
                        known.unwrap_or_else(|| {
                            LLVMPositionBuilderBefore(builder, phi.raw());
                            let made = LLVMBuildPhi(builder, byte_type, c"".as_ptr());
                            phis.insert((phi, significance), made);
                            for (index, number) in (0..).zip(phi.operands()) {
                                let mut from = LLVMGetIncomingBlock(phi.raw(), index);
                                let end = LLVMGetBasicBlockTerminator(from);
                                LLVMPositionBuilderBefore(builder, end);
                                let all = bytes(number, DEEPEST).unwrap_or_default();
                                let or = Byte::Of(number, significance);
                                let mut byte =
                                    part(all.get(significance as usize).copied().unwrap_or(or));
                                LLVMAddIncoming(made, &mut byte, &mut from, 1);
                            }
                            made
                        })
                    }
                    byte => {
                        LLVMPositionBuilderBefore(builder, self.store.raw());
                        part(byte)
                    }
                };
                LLVMPositionBuilderBefore(builder, self.store.raw());
                let mut behind = LLVMConstInt(word, self.behind(at), 0);
                let to = LLVMBuildGEP2(
                    builder,
                    byte_type,
                    self.to.raw(),
                    &mut behind,
                    1,
                    c"".as_ptr(),
                );
                let store = LLVMBuildStore(builder, value, to);
                LLVMSetAlignment(store, 1);
                LLVMInstructionSetDebugLoc(store, line);
            }
            LLVMInstructionEraseFromParent(self.store.raw());
        }
    }
}

/// How far behind the begin of a number a byte of that significance is.
fn behind(significance: u64, count: u64, is_big: bool) -> u64 {
    match is_big {
        true => count - 1 - significance,
        false => significance,
    }
}

/// Whether a number is loaded as it is, on some way.
fn is_whole(number: Value<'_>) -> bool {
    let is_part = |of: Value<'_>| Place::loaded(of, false).is_some();
    is_part(number) || number.is_phi() && number.operands().into_iter().any(is_part)
}

/// Whether a byte is loaded from a place, on some way.
fn comes_from<'m>(byte: Byte<'m>, place: Place<'m>, is_big: bool) -> bool {
    let is_loaded = |byte: Byte<'m>| {
        let Byte::Of(load, significance) = byte else {
            return false;
        };
        let Some((from, of)) = Place::loaded(load, is_big).filter(|(_, of)| *of == load) else {
            return false;
        };
        let count = u64::from(of.integer_width().unwrap_or_default() / 8);
        let on = behind(significance.into(), count, is_big);
        from.variable == place.variable && from.offset + on == place.offset
    };
    match byte {
        Byte::Of(phi, significance) if phi.is_phi() => phi.operands().into_iter().any(|number| {
            let all = bytes(number, DEEPEST).unwrap_or_default();
            all.get(significance as usize)
                .is_some_and(|byte| is_loaded(*byte))
        }),
        byte => is_loaded(byte),
    }
}
