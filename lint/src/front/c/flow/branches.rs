//! Follows values through branches, with what their conditions say about the kernel.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::value::{Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Tree, Unary, VariableId};
use crate::front::c::versions;
use crate::known::{Guard, Question};

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
            Kind::Call { .. } | Kind::Variable(_) if self.answer(condition).is_some() => {
                if let Some((answer, is)) = self.answer(condition) {
                    self.local.inlined += 1;
                    self.guards(answer, holds == is);
                    self.local.inlined -= 1;
                }
            }
            // The code behind `if (setting && !found) return` is reached whatever the loader sets.
            Kind::Binary(operator, left, right)
                if matches!(&**operator, "&&" | "||")
                    && !asks_loader(condition)
                    && !(asks_kernel(left, self.tree, &self.asking)
                        && asks_kernel(right, self.tree, &self.asking)) => {}
            _ if asks_kernel(condition, self.tree, &self.asking) => {
                self.local.guards.push(Guard::other())
            }
            _ => {}
        }
    }

    /// What a condition says about the kernel where it holds, or where it does not.
    fn said(&mut self, condition: &'t Node, holds: bool) -> Vec<Guard> {
        let before = self.local.guards.len();
        self.guards(condition, holds);
        self.local.guards.split_off(before)
    }

    /// What variables have been taken for, and nothing has used, holds only where a branch does not give them
    /// another value: where the condition is as it is told.
    fn replace(
        &mut self,
        branch: &'t Node,
        taken: &HashMap<VariableId, Range<usize>>,
        (condition, holds): (&'t Node, bool),
    ) {
        let nodes = match &branch.kind {
            Kind::Block(nodes) => &nodes[..],
            _ => std::slice::from_ref(branch),
        };
        for node in nodes {
            if let Kind::Assign(operator, to, _) = &node.kind
                && operator.is_empty()
                && let Kind::Variable(id) = to.kind
                && let Some(range) = taken.get(&id)
            {
                let guards = self.said(condition, holds);
                for one in &mut self.view.taken[range.clone()] {
                    one.guards.extend(guards.iter().cloned());
                }
            }
        }
    }

    /// The expression that a call or a variable is: of a function that returns it, or returns numbers by it, and
    /// of a variable that is set once. And whether it is that, or the opposite.
    fn answer(&self, node: &'t Node) -> Option<(&'t Node, bool)> {
        let found = match &node.bare().kind {
            Kind::Call { name, .. } => {
                let index = *self.names.get(name)?;
                returned(&self.tree.functions[index].body)
            }
            Kind::Variable(id) => self.set_once.get(id).map(|value| (*value, true)),
            _ => None,
        };
        // Functions may call each other for ever.
        found.filter(|_| self.local.inlined < MAX_INLINED)
    }

    /// Walks branches apart, and joins what is known behind them.
    pub(super) fn branches(&mut self, condition: &'t Node, branches: &'t [Node]) {
        let before = self.local.env.clone();
        let taken = self.local.taken.clone();
        let mut after: Option<HashMap<Place, Value>> = None;
        let mut count = 0;
        for branch in branches {
            count += 1;
            self.local.env = before.clone();
            self.replace(branch, &taken, (condition, count != 1));
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
            (Some(after), 1) => {
                let guards = self.said(condition, false);
                let before = unless(before, &after, &guards);
                join(Some(after), before)
            }
            (Some(after), _) => after,
        };
    }
}

/// Answers in answers: nobody goes deeper.
const MAX_INLINED: usize = 8;

/// What a function returns, if that is one expression: `return a;`, or `if (a) return true; return false;`. And whether
/// it is the expression or, with the numbers the other way round, the opposite.
fn returned(body: &Node) -> Option<(&Node, bool)> {
    let Kind::Block(nodes) = &body.kind else {
        return None;
    };
    let number = |node: &Node| match &node.kind {
        Kind::Return(Some(value)) => value.constant(),
        _ => None,
    };
    match &nodes[..] {
        [
            Node {
                kind: Kind::Return(Some(value)),
                ..
            },
        ] => Some((value, true)),
        [
            Node {
                kind: Kind::If(condition, branches),
                ..
            },
            last,
        ] => {
            let first = match &branches[..] {
                [one] => match &one.kind {
                    Kind::Block(inner) if inner.len() == 1 => number(&inner[0]),
                    _ => number(one),
                },
                _ => None,
            };
            let (first, last) = (first? != 0, number(last)? != 0);
            (first != last).then_some((condition, first))
        }
        _ => None,
    }
}

/// The variables that are given a value once, where they are declared.
pub(super) fn set_once(tree: &Tree) -> HashMap<VariableId, &Node> {
    let mut found = HashMap::new();
    let mut others = HashSet::new();
    for function in &tree.functions {
        function.body.walk(&mut |node| match &node.kind {
            Kind::Declare(id, Some(value)) => {
                found.insert(*id, &**value);
            }
            Kind::Assign(_, to, _) | Kind::AddressOf(to) | Kind::Unary(Unary::Step, to) => {
                if let Kind::Variable(id) = to.kind {
                    others.insert(id);
                }
            }
            _ => {}
        });
    }
    found.retain(|id, _| !others.contains(id));
    found
}

/// Whether the value of `node` may depend on the kernel: on a question to the loader, on a variable that
/// the loader may set, or on a function that asks, one of `asking`.
pub(super) fn asks_kernel(node: &Node, tree: &Tree, asking: &HashSet<Rc<str>>) -> bool {
    let mut left = vec![node];
    while let Some(node) = left.pop() {
        match &node.kind {
            Kind::Question(_) | Kind::Needed(_) => return true,
            Kind::Variable(id) if tree.variables[*id].is_setting => return true,
            Kind::Call { name, .. } if asking.contains(name) => return true,
            _ => node.children(&mut |child| left.push(child)),
        }
    }
    false
}

/// Whether a condition has a question to the loader, and not settings alone.
fn asks_loader(node: &Node) -> bool {
    let mut found = false;
    node.walk(&mut |node| found |= matches!(node.kind, Kind::Question(_) | Kind::Needed(_)));
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

/// The values of before, of which those that were replaced are there where these guards hold.
fn unless(
    mut before: HashMap<Place, Value>,
    after: &HashMap<Place, Value>,
    guards: &[Guard],
) -> HashMap<Place, Value> {
    for (place, value) in &mut before {
        let is_other = |after: &Value| after.arguments != value.arguments;
        if !value.arguments.is_empty() && after.get(place).is_some_and(is_other) {
            *value = std::mem::take(value).where_holds(guards);
        }
    }
    before
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
