//! Which variables of `.rodata` a user must set for the verifier to reach what a kernel lacks: at their
//! defaults, filters and switches keep it away from much code.

use std::collections::BTreeMap;

use super::classes::Classes;
use super::walk::Found;
use crate::answers::Answer;

impl Classes<'_> {
    /// Steps that a kernel refuses and that are not visited, as long as nobody sets a
    /// variable: each with the names of variables that lead there.
    pub(super) fn if_set(&mut self, kernel: usize, found: &Found) -> BTreeMap<u32, String> {
        let mut named = BTreeMap::new();
        let hidden: Vec<u32> = self
            .poisoned(kernel)
            .filter(|at| !found.visited[*at as usize])
            .collect();
        if hidden.is_empty() || self.variables.is_empty() || found.has_stopped {
            return named;
        }
        let all: Vec<u16> = self.variables.numbers().collect();
        let free = self.walk(kernel, &all);
        let free = &free.found;
        let switches: Vec<u16> = free.variables.iter().copied().collect();
        let mut left: Vec<u32> = hidden;
        left.retain(|at| free.visited[*at as usize]);
        for switch in &switches {
            if left.is_empty() {
                break;
            }
            let walked = self.walk(kernel, &[*switch]);
            left.retain(|at| {
                let is_visited = walked.found.visited[*at as usize];
                if is_visited {
                    named.insert(*at, self.variables.name(*switch).to_owned());
                }
                !is_visited
            });
        }
        // It takes more than one. Those without which the way leads elsewhere are named.
        for at in left {
            let mut needed = switches.clone();
            for switch in &switches {
                let others: Vec<u16> = needed.iter().copied().filter(|one| one != switch).collect();
                if self.walk(kernel, &others).found.visited[at as usize] {
                    needed = others;
                }
            }
            let names: Vec<&str> = needed.iter().map(|one| self.variables.name(*one)).collect();
            named.insert(at, names.join("` and `"));
        }
        named
    }

    /// Steps that take a poison on a kernel.
    pub(super) fn poisoned(&self, kernel: usize) -> impl Iterator<Item = u32> {
        let steps = (0..).zip(&self.record_of);
        steps.filter_map(move |(at, record)| {
            let record = self.records[usize::from((*record)?)];
            let answer = self.ground.answers.records()[record].on(kernel);
            matches!(answer, Some(Answer::Poison(_))).then_some(at)
        })
    }
}
