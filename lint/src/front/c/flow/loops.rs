//! Follows values through loops.

use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Ty};
use crate::front::facts::Deciding;

impl<'t> Flow<'t, '_> {
    /// Walks a loop once.
    pub(super) fn looping(
        &mut self,
        parts: &'t [Node],
        condition: Option<&'t Node>,
        body: &'t Node,
    ) {
        for part in parts {
            self.eval(part, Use::Nothing);
        }
        if let Some(condition) = condition {
            let before = self.view.enumerators.len();
            self.local.bound = true;
            self.condition(condition, Deciding::LoopBound);
            self.local.bound = false;
            // The bound `i < CGROUP_SUBSYS_COUNT` is right for an array that the program declares with it.
            if !indexes_kernel(body, condition) {
                self.view.enumerators.truncate(before);
            }
        }
        self.eval(body, Use::Nothing);
    }
}

/// Whether a loop indexes an array that is no variable of the program, with a variable that its condition compares.
fn indexes_kernel(body: &Node, condition: &Node) -> bool {
    let variables = |node: &Node| {
        let mut found = Vec::new();
        node.walk(&mut |one| {
            if let Kind::Variable(id) = one.kind {
                found.push(id);
            }
        });
        found
    };
    let compared = variables(condition);
    let counts = |index: &Node| variables(index).iter().any(|id| compared.contains(id));
    let mut found = false;
    body.walk(&mut |node| {
        found |= match &node.kind {
            Kind::Read(read) => read.indexes.iter().any(counts),
            Kind::Index(base, index) => counts(index) && !is_variable(base),
            _ => false,
        };
    });
    found
}

/// Whether it is a variable that is no pointer, or a part of one.
fn is_variable(node: &Node) -> bool {
    match &node.bare().kind {
        Kind::Variable(_) => !matches!(node.bare().ty, Ty::Pointer(_)),
        Kind::Member {
            base, arrow: false, ..
        } => is_variable(base),
        Kind::Index(base, _) => is_variable(base),
        _ => false,
    }
}
