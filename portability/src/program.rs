//! A program with all functions that it calls, as a loader puts them together.

use std::collections::BTreeMap;

use bpf_core_btf::insn::Insn;
use bpf_core_btf::object::{Function, Object, Place};
use bpf_core_kernel_facts::program::Program as Kind;

use crate::Loader;

/// A program.
pub(crate) struct Program<'d> {
    /// Its own code; `functions[0]`.
    pub(crate) function: Function<'d>,
    /// The name of its section: `kprobe/tcp_connect`.
    pub(crate) section: &'d str,
    /// What the loader takes it for by its section. `None` if it does not know the section.
    pub(crate) kind: Option<Kind<'d>>,
    /// It, and the functions that it calls, directly or not.
    pub(crate) functions: Vec<Function<'d>>,
    /// All their instructions.
    pub(crate) insns: BTreeMap<Place, Insn>,
}

/// The programs of an object, as a loader takes them.
pub(crate) fn all<'d>(object: &'d Object<'d>, loader: Loader) -> Vec<Program<'d>> {
    let programs = object.programs().map(|function| {
        let section = object.section_of(function).name;
        let functions: Vec<Function<'d>> =
            object.reachable(function).into_iter().copied().collect();
        let insns = functions.iter().flat_map(|function| {
            let section = function.section;
            let insns = object.sections()[section].insns(function.range());
            insns.map(move |(at, insn)| (Place { section, at }, insn))
        });
        Program {
            function: *function,
            section,
            kind: loader.program(section),
            insns: insns.collect(),
            functions,
        }
    });
    programs.collect()
}
