//! Follows values through branches, with what their conditions say about the kernel.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::value::{Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Tree, Unary};
use crate::front::c::view::Guard;

impl<'t> Flow<'t, '_> {
    /// Walks code that runs where `condition` holds, or where it does not.
    pub(super) fn under<T>(
        &mut self,
        condition: &'t Node,
        holds: bool,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.local.guards.len();
        self.guard(condition, holds);
        let walked = walk(self);
        self.local.guards.truncate(before);
        walked
    }

    fn guard(&mut self, condition: &'t Node, holds: bool) {
        if !self.local.has_labels {
            self.guards(condition, holds);
        }
    }

    /// Adds what a condition says about the kernel where it holds, or where it does not.
    fn guards(&mut self, condition: &'t Node, holds: bool) {
        match &condition.bare().kind {
            Kind::Question(Some(question)) => self.local.guards.push(Guard {
                question: Rc::clone(question),
                exists: holds,
            }),
            Kind::Unary(Unary::Not, inner) => self.guards(inner, !holds),
            // Both sides of `a && b` hold where it does, and neither side of `a || b` where it does not.
            Kind::Binary(operator, left, right)
                if (&**operator, holds) == ("&&", true)
                    || (&**operator, holds) == ("||", false) =>
            {
                self.guards(left, holds);
                self.guards(right, holds);
            }
            _ if asks_kernel(condition, self.tree, &self.asking) => {
                self.local.guards.push(Guard::other())
            }
            _ => {}
        }
    }

    /// Walks branches apart, and joins what is known behind them.
    pub(super) fn branches(&mut self, condition: &'t Node, branches: &'t [Node]) {
        let before = self.local.env.clone();
        let mut after: Option<HashMap<Place, Value>> = None;
        let mut count = 0;
        for branch in branches {
            count += 1;
            self.local.env = before.clone();
            self.under(condition, count == 1, |flow| {
                flow.eval(branch, Use::Nothing)
            });
            if !ends(branch) {
                let env = std::mem::take(&mut self.local.env);
                after = Some(join(after, env));
            }
        }
        // Behind `if (!bpf_core_field_exists(..)) return 0;` the field exists.
        if branches.first().is_some_and(ends) {
            self.guard(condition, false);
        } else if branches.get(1).is_some_and(ends) {
            self.guard(condition, true);
        }
        // Without `else`, the branch may not have run.
        self.local.env = match (after, count) {
            (None, _) => before,
            (Some(after), 1) => join(Some(after), before),
            (Some(after), _) => after,
        };
    }
}

/// Whether the value of `node` may depend on the kernel: on a question to the loader, on a variable that
/// the loader may set, or on a function that asks, one of `asking`.
pub(super) fn asks_kernel(node: &Node, tree: &Tree, asking: &HashSet<Rc<str>>) -> bool {
    let mut found = false;
    node.walk(&mut |node| {
        found |= match &node.kind {
            Kind::Question(_) => true,
            Kind::Variable(id) => tree.variables[*id].is_setting,
            Kind::Call { name, .. } => asking.contains(name),
            _ => false,
        };
    });
    found
}

/// The functions whose result may depend on the kernel, by themselves or by what they call.
pub(super) fn asking(tree: &Tree) -> HashSet<Rc<str>> {
    let mut asking = HashSet::new();
    loop {
        let others = tree
            .functions
            .iter()
            .filter(|one| !asking.contains(&one.name));
        let more: Vec<Rc<str>> = others
            .filter(|one| asks_kernel(&one.body, tree, &asking))
            .map(|one| Rc::clone(&one.name))
            .collect();
        if more.is_empty() {
            return asking;
        }
        asking.extend(more);
    }
}

/// Whether the code behind a statement is not reached.
fn ends(node: &Node) -> bool {
    match &node.kind {
        Kind::Return(_) => true,
        Kind::Block(nodes) => nodes.last().is_some_and(ends),
        _ => false,
    }
}

fn join(
    known: Option<HashMap<Place, Value>>,
    other: HashMap<Place, Value>,
) -> HashMap<Place, Value> {
    let Some(mut known) = known else {
        return other;
    };
    for (place, value) in other {
        let joined = match known.get(&place) {
            Some(before) => before.join(&value),
            None => value,
        };
        known.insert(place, joined);
    }
    known
}
