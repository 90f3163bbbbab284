//! When a local variable lives, and which of its bytes are read once more.

use std::collections::{HashMap, HashSet};
use std::ptr::NonNull;

use bpf_core_flow::ir::Value;
use inkwell::llvm_sys::LLVMBasicBlock;

use crate::ir::block::{instructions, successors};
use crate::optimise::places::bytes::Bytes;
use crate::optimise::places::uses::Local;

type Block = NonNull<LLVMBasicBlock>;

/// The blocks of a function, by number, the first one first.
pub(in crate::optimise) struct Blocks<'m> {
    number: HashMap<Block, usize>,
    instructions: Vec<Vec<Value<'m>>>,
    next: Vec<Vec<usize>>,
    /// The blocks that go to each.
    from: Vec<Vec<usize>>,
}

/// Whether a variable lives at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lives {
    /// On one of the ways there.
    pub(super) maybe: bool,
    /// On all of them.
    pub(super) surely: bool,
}

impl<'m> Blocks<'m> {
    pub(in crate::optimise) fn of(function: Value<'m>) -> Self {
        let mut order: Vec<Block> = Vec::new();
        for instruction in function.instructions() {
            let block = instruction.block();
            if order.last() != block.as_ref() {
                order.extend(block);
            }
        }
        let number: HashMap<Block, usize> = order.iter().copied().zip(0..).collect();
        // SAFETY: the blocks are of a function that lives for `'m`.
        let leads = |block: &Block| unsafe {
            let next = successors(block.as_ptr()).into_iter();
            next.filter_map(|next| number.get(&NonNull::new(next)?).copied())
                .collect()
        };
        let next: Vec<Vec<usize>> = order.iter().map(leads).collect();
        let mut from = vec![Vec::new(); next.len()];
        for (block, next) in next.iter().enumerate() {
            next.iter().for_each(|next| from[*next].push(block));
        }
        Self {
            next,
            from,
            number,
            // SAFETY: as above.
            instructions: order
                .iter()
                .map(|block| unsafe { instructions(block.as_ptr()) })
                .collect(),
        }
    }

    /// The instructions in front of one, in its block.
    pub(super) fn before(&self, instruction: Value<'m>) -> &[Value<'m>] {
        let block = instruction
            .block()
            .and_then(|block| self.number.get(&block));
        let all = block.map_or(&[][..], |block| &self.instructions[*block]);
        all.split(|other| *other == instruction)
            .next()
            .unwrap_or_default()
    }

    /// Whether nothing that `changes` something is on a way from one instruction to another one, to which all ways lead
    /// by the first one.
    pub(super) fn stays(
        &self,
        from: Value<'m>,
        to: Value<'m>,
        changes: impl Fn(Value<'m>) -> bool,
    ) -> bool {
        let number = |of: Value<'m>| self.number.get(&of.block()?).copied();
        let Some(last) = number(to) else {
            return false;
        };
        let mut seen = HashSet::new();
        let mut waiting = vec![(last, self.before(to))];
        while let Some((block, instructions)) = waiting.pop() {
            let here = instructions.iter().rev().take_while(|of| **of != from);
            let mut count = 0;
            for instruction in here {
                if *instruction != to && changes(*instruction) {
                    return false;
                }
                count += 1;
            }
            if count != instructions.len() {
                continue;
            }
            if self.from[block].is_empty() {
                return false;
            }
            for before in &self.from[block] {
                if seen.insert(*before) {
                    waiting.push((*before, &self.instructions[*before]));
                }
            }
        }
        true
    }

    /// Whether all ways from the begin of the function to an instruction lead through a block.
    pub(super) fn leads_through(&self, block: Block, to: Value<'m>) -> bool {
        let numbers = (
            self.number.get(&block),
            to.block().and_then(|of| self.number.get(&of)),
        );
        let (Some(through), Some(to)) = numbers else {
            return false;
        };
        let stop = HashSet::from([*through]);
        through == to || !self.reached(vec![0], &stop).contains(to)
    }

    /// Whether a way leads from behind an instruction to another one, and not through a block.
    pub(super) fn goes_on(&self, from: Value<'m>, to: Value<'m>, without: Option<Block>) -> bool {
        let number = |of: Option<Block>| of.and_then(|of| self.number.get(&of).copied());
        let (Some(first), Some(last)) = (number(from.block()), number(to.block())) else {
            return true;
        };
        let stop: HashSet<usize> = number(without).into_iter().collect();
        let is_behind = first == last && self.before(to).contains(&from);
        is_behind
            || self
                .reached(self.next[first].clone(), &stop)
                .contains(&last)
    }

    /// The blocks that some lead to, them among these, but none by way of where to stop.
    fn reached(&self, from: Vec<usize>, stop: &HashSet<usize>) -> HashSet<usize> {
        let mut reached = HashSet::new();
        let mut waiting = from;
        while let Some(block) = waiting.pop() {
            if !stop.contains(&block) && reached.insert(block) {
                waiting.extend(&self.next[block]);
            }
        }
        reached
    }

    /// The bytes of a variable that may be read behind each of these instructions, before they are written.
    pub(in crate::optimise) fn read_behind(
        &self,
        local: &Local<'m>,
        at: &HashSet<Value<'m>>,
    ) -> HashMap<Value<'m>, Bytes> {
        let mut behind = HashMap::new();
        let mut at_begin = vec![Bytes::default(); self.next.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for block in (0..self.next.len()).rev() {
                let next = self.next[block].iter();
                let mut read = next.fold(Bytes::default(), |read, next| read.or(at_begin[*next]));
                for instruction in self.instructions[block].iter().rev() {
                    if at.contains(instruction) {
                        behind.insert(*instruction, read);
                    }
                    if let Some(done) = local.uses.get(instruction) {
                        read = read.without(done.ends).or(done.reads);
                    }
                }
                changed |= at_begin[block] != read;
                at_begin[block] = read;
            }
        }
        behind
    }

    /// Whether a variable lives in front of each of these instructions. One without a mark lives always.
    pub(super) fn lives_before(
        &self,
        variable: Value<'m>,
        at: &HashSet<Value<'m>>,
    ) -> HashMap<Value<'m>, Lives> {
        let begins = |of: Value<'m>| mark(of).filter(|(_, of)| *of == variable);
        let is_marked = variable
            .users()
            .into_iter()
            .any(|user| begins(user).is_some());
        let always = Lives {
            maybe: !is_marked,
            surely: !is_marked,
        };
        let mut found = HashMap::new();
        let mut at_begin: Vec<Option<Lives>> = vec![None; self.next.len()];
        if let Some(first) = at_begin.first_mut() {
            *first = Some(always);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for block in 0..self.next.len() {
                let Some(mut lives) = at_begin[block] else {
                    continue;
                };
                for instruction in &self.instructions[block] {
                    if at.contains(instruction) {
                        found.insert(*instruction, lives);
                    }
                    if let Some((begins, _)) = begins(*instruction) {
                        lives = Lives {
                            maybe: begins,
                            surely: begins,
                        };
                    }
                }
                for next in &self.next[block] {
                    let both = at_begin[*next].map_or(lives, |other| Lives {
                        maybe: lives.maybe || other.maybe,
                        surely: lives.surely && other.surely,
                    });
                    changed |= at_begin[*next] != Some(both);
                    at_begin[*next] = Some(both);
                }
            }
        }
        found
    }
}

/// Whether a call marks the begin (`true`) or the end of a variable's life, and of which.
pub(in crate::optimise) fn mark(call: Value<'_>) -> Option<(bool, Value<'_>)> {
    let (callee, arguments) = call.call()?;
    let begins = match callee.name() {
        name if name.starts_with(b"llvm.lifetime.start") => true,
        name if name.starts_with(b"llvm.lifetime.end") => false,
        _ => return None,
    };
    Some((begins, *arguments.last()?))
}
