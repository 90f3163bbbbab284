//! Tells the loader's settings about the kernel from settings that a user chooses. A program compares `targ_pid` with
//! what it reads. A flag such as `filter_by_port` is known by its name.

use std::collections::{BTreeSet, HashSet};

use crate::front::c::tree::{Kind, Node, Tree, Unary, VariableId};

/// Makes ordinary variables of the settings that a user chooses: they say nothing about the kernel. The program
/// compares them with values that it has only when it runs.
pub(super) fn leave_out_users(tree: &mut Tree) {
    let settings = tree.variables.iter().enumerate();
    let called = settings.filter(|(_, one)| one.is_setting && is_flag_of_users(&one.name));
    let mut of_users: HashSet<VariableId> = called.map(|(id, _)| id).collect();
    for function in &tree.functions {
        function.body.walk(&mut |node| {
            if let Some(id) = choosing(node) {
                of_users.remove(&id);
            }
        });
    }
    for function in &tree.functions {
        function.body.walk(&mut |node| {
            let Kind::Binary(operator, left, right) = &node.kind else {
                return;
            };
            if matches!(&**operator, "==" | "!=" | "<" | ">" | "<=" | ">=") {
                for (one, other) in [(left, right), (right, left)] {
                    of_users.extend(setting(one, tree).filter(|_| is_met(other, tree)));
                }
            }
        });
    }
    for id in of_users {
        tree.variables[id].is_setting = false;
    }
}

/// The flag by which a program takes one element or another, as no user would want it: `single ? ctx[0] : ctx[1]`.
fn choosing(node: &Node) -> Option<VariableId> {
    let (condition, [one, other]) = match &node.kind {
        Kind::If(condition, branches) => match &branches[..] {
            [one, other] => (condition, [one, other]),
            _ => return None,
        },
        Kind::Choice(condition, one, other) => (condition, [&**one, &**other]),
        _ => return None,
    };
    let asked = match &condition.bare().kind {
        Kind::Unary(Unary::Not, inner) => inner.bare(),
        _ => condition.bare(),
    };
    let Kind::Variable(id) = asked.kind else {
        return None;
    };
    let elements = |node: &Node| {
        let mut found = BTreeSet::new();
        node.walk(&mut |one| {
            if let Kind::Index(_, at) = &one.kind {
                found.extend(at.constant());
            }
        });
        found
    };
    let (one, other) = (elements(one), elements(other));
    (one != other && !one.is_empty() && !other.is_empty()).then_some(id)
}

/// Whether the name is that of a user's flag. A program compares a flag with nothing, so nothing else tells.
fn is_flag_of_users(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "targ", "target", "filter", "host", "verbose", "debug", "ignore", "failed", "show",
    ];
    const OF_KERNEL: &[&str] = &["kernel", "kver", "linux", "version"];
    let has = |words: &[&str]| name.split('_').any(|part| words.contains(&part));
    has(WORDS) && !has(OF_KERNEL)
}

fn setting(node: &Node, tree: &Tree) -> Option<VariableId> {
    match node.bare().kind {
        Kind::Variable(id) if tree.variables[id].is_setting => Some(id),
        _ => None,
    }
}

/// Whether a value is there only when the program runs.
fn is_met(node: &Node, tree: &Tree) -> bool {
    let mut found = false;
    node.walk(&mut |one| {
        found |= match &one.kind {
            Kind::Variable(id) => {
                let variable = &tree.variables[*id];
                !variable.is_setting && variable.value.is_none()
            }
            // What a function makes of constants may be one.
            Kind::Call { args, .. } => args.is_empty(),
            Kind::Read(_) => true,
            _ => false,
        };
    });
    found
}
