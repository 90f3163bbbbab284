//! Which instructions the verifier visits, with what a loader wrote into them for a kernel.
//!
//! | file | what it does |
//! |---|---|
//! | `code.rs`, `refers.rs` | the instructions in a row; what they refer to |
//! | `effect.rs`, `sources.rs` | what calls of helpers give, change and read |
//! | `setting.rs`, `verifier.rs`, `variables.rs` | what a kernel, its loader and a user add to them |
//! | `tnum.rs`, `scalar.rs`, `alu.rs`, `branch.rs` | numbers that are known in part |
//! | `value.rs`, `stack.rs`, `state.rs` | registers, stack and frames |
//! | `relevance.rs` | what can still decide a branch |
//! | `known.rs` | what walks through other programs have seen |
//! | `step.rs`, `memory.rs`, `call.rs` | what one instruction does |
//! | `walk.rs` | the way through the program |
//! | `guard.rs` | what the program asked before |
//! | `unset.rs` | what it depends on besides: variables that users set |
//! | `classes.rs` | kernels on which the way is the same |
//!
//! The rules are those of `kernel/bpf/verifier.c`, each item names the function that it agrees with.

mod alu;
mod branch;
mod call;
mod classes;
mod code;
mod effect;
mod guard;
mod known;
mod memory;
mod refers;
mod relevance;
mod scalar;
mod setting;
#[cfg(test)]
mod soundness;
mod sources;
mod stack;
mod state;
mod step;
mod tnum;
mod unset;
mod value;
mod variables;
mod verifier;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::BtfExt;
use bpf_core_btf::object::{MapDefinition, Object, Place};
use bpf_core_catalogue::{Catalogue, KernelSet};

use crate::answers::Answers;
use crate::externs::Externs;
use crate::program::Program;

pub(crate) use self::code::results_taken;

/// The instructions of a program that the verifier visits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    places: BTreeSet<Place>,
    /// What it may visit besides. Empty, unless the program is too long to follow exactly.
    maybe: BTreeSet<Place>,
    /// Whether there may be more, which is not known.
    is_open: bool,
    /// What a kernel lacks and the verifier visits only if users set these variables.
    if_set: BTreeMap<Place, String>,
    /// Branches that go one way only, and whether that is the jump.
    one_way: BTreeMap<Place, bool>,
    /// Each with whether it is surely visited.
    context_loads: BTreeMap<(Place, i32, u8), bool>,
    reads: BTreeMap<Read, bool>,
    misuses: BTreeSet<(Place, Misuse)>,
    /// The least and the most that a program on an LSM hook may give, by the instruction that ends it. Empty where a
    /// verifier may know more.
    results: BTreeMap<Place, (i32, i32)>,
    /// By instruction that a kernel refuses: the record that has led there.
    guards: BTreeMap<Place, usize>,
}

/// A use of memory that not every verifier permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Misuse {
    /// Of an element that a map may not have, by the map's number in the object.
    Unchecked(u16),
    /// A read of the stack. The first `bytes` of its `of` bytes are deeper than all that was written.
    Unwritten { bytes: u32, of: u32 },
    /// Through a pointer to the context, to which so many bytes were added.
    MovedContext(i32),
}

/// A read of a field whose place a record tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Read {
    /// The record, by its number in the object.
    pub(crate) record: usize,
    /// The load, or the call of a helper.
    pub(crate) place: Place,
    /// In bytes.
    pub(crate) size: u32,
    /// Whether it ends at a zero byte.
    pub(crate) is_string: bool,
}

impl Reached {
    /// Whether the verifier visits an instruction.
    pub(crate) fn contains(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// The record whose answer has led to an instruction that the kernel refuses, by its number.
    pub(crate) fn guard(&self, place: Place) -> Option<usize> {
        self.guards.get(&place).copied()
    }

    /// Reads of fields.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &Read> {
        self.reads.keys()
    }

    /// Whether the verifier surely visits a read. `None`: it does not.
    pub(crate) fn reads_as(&self, read: &Read) -> Option<bool> {
        self.reads.get(read).copied()
    }

    /// Uses of memory that not every verifier permits.
    pub(crate) fn misuses(&self) -> impl Iterator<Item = (Place, Misuse)> {
        self.misuses.iter().copied()
    }

    /// The least and the most that a program on an LSM hook may give, by the instruction that ends it. Empty where a
    /// verifier may know more.
    pub(crate) fn results(&self) -> impl Iterator<Item = (Place, (i32, i32))> {
        self.results.iter().map(|(at, of)| (*at, *of))
    }

    /// The variables of `.rodata` that users must set for the verifier to visit an instruction that the
    /// kernel refuses.
    pub(crate) fn if_set(&self, place: Place) -> Option<&str> {
        self.if_set.get(&place).map(String::as_str)
    }

    /// Whether it is not known that the verifier does not visit it.
    pub(crate) fn may_contain(&self, place: Place) -> bool {
        self.contains(place) || self.maybe.contains(&place)
    }

    /// Whether a branch may go on, and whether it may jump.
    pub(crate) fn ways(&self, branch: Place) -> (bool, bool) {
        match self.one_way.get(&branch) {
            Some(jumps) if self.maybe.is_empty() => (!jumps, *jumps),
            _ => (true, true),
        }
    }

    /// Loads from the program's context: instruction and offset, and whether the verifier surely visits it.
    pub(crate) fn context_loads(&self) -> impl Iterator<Item = (Place, i32, bool)> {
        let loads = self.context_loads.iter();
        loads.map(|((place, offset, _), is_sure)| (*place, *offset, *is_sure))
    }

    /// Whether the program could not be followed to its end, not even roughly.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }
}

/// What a walk needs to know of an object.
pub(crate) struct Ground<'a> {
    pub(crate) object: &'a Object<'a>,
    pub(crate) ext: Option<&'a BtfExt<'a>>,
    pub(crate) answers: &'a Answers,
    pub(crate) externs: &'a Externs,
    /// By map.
    pub(crate) maps: Vec<MapDefinition>,
    pub(crate) catalogue: &'a Catalogue<'a>,
    pub(crate) kernels: &'a KernelSet,
}

/// Follows each program: sets of kernels, and what the verifier visits on them.
pub(crate) fn reach(
    ground: &Ground<'_>,
    programs: &[Program<'_>],
) -> Vec<Vec<(KernelSet, Reached)>> {
    let mut known = known::Known::default();
    let programs = programs.iter();
    let reached =
        programs.map(|program| classes::Classes::new(ground, program, &known).reach(&mut known));
    reached.collect()
}
