//! Gives each instruction the line of the user's source that it is for.
//!
//! BTF has one line for an instruction, and no callers: LLVM writes the innermost one (`BTFDebug.cpp`). For an
//! access of bpf-core that is a line of bpf-core itself. The verifier's log, the linter and `llvm-objdump -S`
//! would show it.
//!
//! LLVM gives no line to the load that stands for a relocation, nor to what it adds the offset with. These get
//! the line of what the value is used for.

use std::collections::{HashMap, HashSet, VecDeque};

use bpf_core_flow::ir::source::Location;
use bpf_core_flow::library::is_library;
use inkwell::module::Module;

use crate::ir::{self, Value, metadata::Metadata};

/// How many values are looked at, from a relocation to a use of it that has a line.
const FARTHEST: usize = 64;

/// Changes the lines of an optimised module.
pub(crate) fn tell(module: &Module<'_>) {
    let mut users = Users::default();
    for function in ir::functions(module) {
        for instruction in function.instructions() {
            if let Some(location) = Location::of(instruction)
                && let Some(of_user) = users.innermost(location)
                && of_user != location
            {
                of_user.give(instruction);
            }
        }
    }
    let metadata = Metadata::of(module);
    let relocations = ir::globals(module).filter(|of| metadata.relocated(*of).is_some());
    for load in relocations.flat_map(Value::users) {
        locate(load);
    }
}

/// Which location is the user's, for each that was asked for.
#[derive(Default)]
struct Users<'m>(HashMap<Location<'m>, Option<Location<'m>>>);

impl<'m> Users<'m> {
    /// The innermost location that is not in a library, from `location` outwards.
    fn innermost(&mut self, location: Location<'m>) -> Option<Location<'m>> {
        if let Some(known) = self.0.get(&location) {
            return *known;
        }
        let found = match is_library(&location.line().file) {
            false => Some(location),
            true => location.caller().and_then(|caller| self.innermost(caller)),
        };
        self.0.insert(location, found);
        found
    }
}

/// Gives a load of a relocation the line of its first use that has one, and all on the way there.
fn locate(load: Value<'_>) {
    let mut waiting = VecDeque::from([load]);
    let mut seen = HashSet::new();
    let mut without = Vec::new();
    while let Some(here) = waiting.pop_front().filter(|_| seen.len() < FARTHEST) {
        if !here.is_instruction() || !seen.insert(here) {
            continue;
        }
        // Where LLVM makes one instruction of two, it gives it line 0.
        match Location::of(here).filter(|location| location.line().line != 0) {
            Some(location) => {
                without.into_iter().for_each(|of| location.give(of));
                return;
            }
            None => {
                without.push(here);
                waiting.extend(here.users());
            }
        }
    }
}
