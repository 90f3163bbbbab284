//! Follows values through branches, with what their conditions say about the kernel.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::value::{Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Tree, Unary};
use crate::front::c::versions;
use crate::front::c::view::{Guard, Question};

impl<'t> Flow<'t, '_> {
    /// Walks code that runs where `condition` holds, or where it does not.
    pub(super) fn under<T>(
        &mut self,
        condition: &'t Node,
        holds: bool,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.local.guards.len();
        self.guards(condition, holds);
        let walked = walk(self);
        self.local.guards.truncate(before);
        walked
    }

    /// Adds what a condition says about the kernel where it holds, or where it does not.
    fn guards(&mut self, condition: &'t Node, holds: bool) {
        if let Some((code, is_before)) = versions::before(self.tree, condition) {
            self.local.guards.push(Guard {
                question: Rc::new(Question::Before(code)),
                exists: is_before == holds,
            });
            return;
        }
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
        if branches.first().is_some_and(leaves) {
            self.guards(condition, false);
        } else if branches.get(1).is_some_and(leaves) {
            self.guards(condition, true);
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
            Kind::Question(_) | Kind::Needed(_) => true,
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
            .filter(|one| gives_answer(&one.body, tree, &asking))
            .map(|one| Rc::clone(&one.name))
            .collect();
        if more.is_empty() {
            return asking;
        }
        asking.extend(more);
    }
}

/// Whether what a function returns depends on what it asks of the kernel: it returns the answer, or returns or
/// sets what it returns where a condition asks.
fn gives_answer(body: &Node, tree: &Tree, asking: &HashSet<Rc<str>>) -> bool {
    let mut returned = HashSet::new();
    let mut found = false;
    body.walk(&mut |node| {
        if let Kind::Return(Some(value)) = &node.kind {
            found |= asks_kernel(value, tree, asking);
            value.walk(&mut |one| {
                if let Kind::Variable(id) = one.kind {
                    returned.insert(id);
                }
            });
        }
    });
    let sets = |node: &Node| match &node.kind {
        Kind::Return(Some(_)) => true,
        Kind::Assign(_, to, _) => {
            matches!(to.kind, Kind::Variable(id) if returned.contains(&id))
        }
        _ => false,
    };
    body.walk(&mut |node| match &node.kind {
        Kind::If(condition, branches) if asks_kernel(condition, tree, asking) => {
            for branch in branches {
                branch.walk(&mut |one| found |= sets(one));
            }
        }
        Kind::Declare(id, Some(value)) if returned.contains(id) => {
            found |= asks_kernel(value, tree, asking);
        }
        Kind::Assign(_, _, value) if sets(node) => found |= asks_kernel(value, tree, asking),
        _ => {}
    });
    found
}

/// Whether the code behind a statement is not reached.
fn ends(node: &Node) -> bool {
    match &node.kind {
        Kind::Return(_) => true,
        Kind::Block(nodes) => nodes.last().is_some_and(ends),
        _ => false,
    }
}

/// The same, or it goes on elsewhere.
fn leaves(node: &Node) -> bool {
    match &node.kind {
        Kind::Return(_) | Kind::Goto | Kind::Jump => true,
        Kind::Block(nodes) => nodes.last().is_some_and(leaves),
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
