//! A program as a loader hands it to the kernel: its own instructions, and behind them the functions
//! that it calls. The kernel's log counts instructions from the start of this.

use std::collections::BTreeSet;

use super::{Function, Object, Place};
use crate::insn::INSN_SIZE;

/// In which order a loader appends the functions that a program calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// At its first call, and before what follows that call: libbpf (`bpf_object__reloc_code`) and aya
    /// (`FunctionLinker`).
    DepthFirst,
    /// All that a function calls by the order of their names, then what those call: cilium/ebpf
    /// (`flattenInstructions`).
    BreadthFirst,
}

/// A program as it is loaded.
#[derive(Clone, Debug)]
pub struct Image<'d> {
    /// Each function with the index of its first instruction.
    parts: Vec<(u32, Function<'d>)>,
    len: u32,
}

impl<'d> Object<'d> {
    /// Puts a program together.
    pub fn image(&self, program: &Function<'_>, order: Order) -> Image<'d> {
        let mut image = Image {
            parts: Vec::new(),
            len: 0,
        };
        if let Some(program) = self.function_at(program.section, program.start) {
            match order {
                Order::DepthFirst => self.depth_first(program, &mut image),
                Order::BreadthFirst => self.breadth_first(program, &mut image),
            }
        }
        image
    }

    fn depth_first<'o>(&'o self, program: &'o Function<'d>, image: &mut Image<'d>) {
        let mut known = BTreeSet::from([start(program)]);
        image.append(program);
        // No recursion: a chain of calls may be as long as the object is large.
        let mut callers = vec![self.calls(program)];
        while let Some(caller) = callers.last_mut() {
            match caller.next() {
                Some((_, callee)) if known.insert(start(callee)) => {
                    image.append(callee);
                    callers.push(self.calls(callee));
                }
                Some(_) => {}
                None => {
                    callers.pop();
                }
            }
        }
    }

    fn breadth_first(&self, program: &Function<'d>, image: &mut Image<'d>) {
        let mut known = BTreeSet::from([start(program)]);
        image.append(program);
        let mut next = 0;
        while let Some((_, caller)) = image.parts.get(next).copied() {
            next += 1;
            let callees = self.calls(&caller).map(|(_, callee)| callee);
            let mut callees: Vec<&Function<'d>> = callees.collect();
            callees.sort_by_key(|callee| callee.name);
            for callee in callees {
                if known.insert(start(callee)) {
                    image.append(callee);
                }
            }
        }
    }
}

fn start(function: &Function<'_>) -> (usize, u32) {
    (function.section, function.start)
}

impl<'d> Image<'d> {
    fn append(&mut self, function: &Function<'d>) {
        self.parts.push((self.len, *function));
        self.len = self.len.saturating_add(function.len / INSN_SIZE as u32);
    }

    /// The functions, each with the index of its first instruction.
    pub fn functions(&self) -> impl Iterator<Item = (u32, &Function<'d>)> {
        self.parts
            .iter()
            .map(|(start, function)| (*start, function))
    }

    /// How many instructions it has. A 64-bit immediate load counts as two, as the kernel does.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the instruction with this index comes from.
    pub fn place(&self, index: u32) -> Option<Place> {
        let behind = self.parts.partition_point(|(start, _)| *start <= index);
        let (start, function) = self.parts.get(behind.checked_sub(1)?)?;
        let bytes = (index - start).checked_mul(INSN_SIZE as u32)?;
        (bytes < function.len).then(|| Place {
            section: function.section,
            at: function.start + bytes,
        })
    }
}
