//! Which instructions the verifier visits: it follows the code with what a loader wrote into it.

use std::collections::BTreeSet;

use bpf_core_btf::insn::{INSN_SIZE, Insn, Op};
use bpf_core_btf::object::Object;

use crate::answers::{Answer, Answers};
use crate::program::{Place, Program};

/// The instructions of a program that the verifier visits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    places: BTreeSet<Place>,
}

impl Reached {
    pub(crate) fn contains(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// In the order of sections and offsets.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.places.iter().copied()
    }
}

/// Follows a program from its first instruction. Both ways of every branch are taken.
pub(crate) fn reach(object: &Object<'_>, program: &Program<'_>, answers: &Answers<'_>) -> Reached {
    let start = Place {
        section: program.function.section,
        at: program.function.start,
    };
    let mut reached = Reached::default();
    let mut next = vec![start];
    while let Some(place) = next.pop() {
        let Some(written) = program.insns.get(&place) else {
            continue;
        };
        if !reached.places.insert(place) {
            continue;
        }
        let insn = match answers.at(place) {
            Some(Answer::Value { insn, .. }) => insn,
            Some(_) => continue,
            None => written,
        };
        if let Some((section, at)) = object.callee(place.section, place.at, insn) {
            next.push(Place { section, at });
        }
        let after = |distance: i32| jump(place, insn, distance);
        match insn.op() {
            Op::Exit => {}
            Op::Goto { distance } => next.extend(after(distance)),
            Op::Jump { distance, .. } | Op::MayGoto { distance } => {
                next.extend(after(0));
                next.extend(after(distance));
            }
            _ => next.extend(after(0)),
        }
    }
    reached
}

/// The place so many slots behind the end of an instruction.
fn jump(place: Place, insn: &Insn, distance: i32) -> Option<Place> {
    let slots = i64::try_from(insn.slots()).ok()? + i64::from(distance);
    let at = i64::from(place.at) + slots * INSN_SIZE as i64;
    Some(Place {
        at: u32::try_from(at).ok()?,
        ..place
    })
}
