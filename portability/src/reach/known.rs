//! What walks through earlier programs of an object have seen in functions that a later one has too. It
//! saves the later one from walks that see the same for the first time.

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::object::Place;

use super::code::Code;
use super::relevance::Observed;

/// As [`Observed`], by the place in the object.
#[derive(Debug, Default)]
pub(super) struct Known {
    loads: BTreeMap<Place, (u64, u64)>,
    stores: BTreeSet<Place>,
    callbacks: BTreeSet<(Place, Place)>,
    decided: BTreeSet<Place>,
}

impl Known {
    /// What is known of a program's code.
    pub(super) fn of(&self, code: &Code) -> Observed {
        let mut observed = Observed::default();
        for (at, step) in (0..).zip(&code.steps) {
            let place = step.place;
            if let Some(slots) = self.loads.get(&place) {
                observed.loads.insert(at, *slots);
            }
            observed.stores.extend(self.stores.get(&place).map(|_| at));
            observed
                .decided
                .extend(self.decided.get(&place).map(|_| at));
            for (_, callee) in self.callbacks.range((place, FIRST)..=(place, LAST)) {
                let callee = (0..).zip(&code.functions).find(|(_, function)| {
                    let start = code.steps.get(function.start as usize);
                    start.is_some_and(|start| start.place == *callee)
                });
                observed
                    .callbacks
                    .extend(callee.map(|(number, _)| (at, number)));
            }
        }
        observed
    }

    /// Takes over what a program's walks have seen.
    pub(super) fn add(&mut self, code: &Code, observed: &Observed) {
        let place = |at: u32| code.steps[at as usize].place;
        for (at, (own, outer)) in &observed.loads {
            let known = self.loads.entry(place(*at)).or_default();
            *known = (known.0 | own, known.1 | outer);
        }
        self.stores
            .extend(observed.stores.iter().map(|at| place(*at)));
        self.decided
            .extend(observed.decided.iter().map(|at| place(*at)));
        for (at, callee) in &observed.callbacks {
            let start = code.functions[usize::from(*callee)].start;
            self.callbacks.insert((place(*at), place(start)));
        }
    }
}

const FIRST: Place = Place { section: 0, at: 0 };
const LAST: Place = Place {
    section: usize::MAX,
    at: u32::MAX,
};
