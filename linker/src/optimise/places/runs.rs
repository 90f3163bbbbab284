//! Runs of instructions that write side by side: finds them, and rewrites one after the other.

use std::collections::HashMap;
use std::hash::Hash;

use bpf_core_flow::ir::Value;
use inkwell::{
    llvm_sys::target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    module::Module,
};

use crate::ir;
use crate::optimise::places::address::Target;
use crate::optimise::places::life::Blocks;

/// Rewrites what `next` finds in a function until it finds no more, in all functions.
pub(super) fn rewrite<'m, R>(
    module: &'m Module<'_>,
    next: impl Fn(LLVMTargetDataRef, Value<'m>) -> Option<R>,
    write: impl Fn(R),
) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        while let Some(run) = next(layout, function) {
            write(run);
        }
    }
}

/// Those of one kind together, the kinds and what they have in the order of the code.
pub(in crate::optimise) fn grouped<P, K: Eq + Hash>(
    parts: impl Iterator<Item = P>,
    kind: impl Fn(&P) -> K,
) -> Vec<Vec<P>> {
    let mut known = HashMap::new();
    let mut groups: Vec<Vec<P>> = Vec::new();
    for part in parts {
        let index = *known.entry(kind(&part)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(parts) => parts.push(part),
            None => groups.push(vec![part]),
        }
    }
    groups
}

/// Those that follow each other, of parts in their order in memory.
pub(super) fn adjacent<P>(parts: Vec<P>, follows: impl Fn(&P, &P) -> bool) -> Vec<Vec<P>> {
    let mut runs: Vec<Vec<P>> = Vec::new();
    for part in parts {
        let goes_on = |run: &&mut Vec<P>| run.last().is_some_and(|last| follows(last, &part));
        match runs.last_mut().filter(goes_on) {
            Some(run) => run.push(part),
            None => runs.push(vec![part]),
        }
    }
    runs
}

/// The last of these instructions, which are of one block. All of them may be done there. `None` if something between
/// them touches what they write.
pub(super) fn last<'m>(
    blocks: &Blocks<'m>,
    (layout, target): (LLVMTargetDataRef, &Target<'m>),
    parts: &[Value<'m>],
) -> Option<Value<'m>> {
    let at = |of: &Value<'m>| blocks.before(*of).len();
    let last = *parts.iter().max_by_key(|part| at(part))?;
    let begin = parts.iter().map(at).min()?;
    let mut between = blocks.before(last).get(begin..)?.iter();
    between
        .all(|of| parts.contains(of) || target.is_untouched(layout, *of))
        .then_some(last)
}
