//! Tells settings about the kernel from what users ask for: `targ_pid` is compared with what the program meets, and
//! a flag such as `filter_by_port` is called so.

use std::collections::HashSet;

use crate::front::c::tree::{Kind, Node, Tree, VariableId};

/// Takes the settings that the program compares with something else than numbers and settings for ordinary
/// variables. They say nothing about the kernel.
pub(super) fn leave_out_users(tree: &mut Tree) {
    let settings = tree.variables.iter().enumerate();
    let called = settings.filter(|(_, one)| one.is_setting && is_flag_of_users(&one.name));
    let mut of_users: HashSet<VariableId> = called.map(|(id, _)| id).collect();
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

/// A flag is only asked, so its name alone says whom it is for.
fn is_flag_of_users(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "targ", "target", "filter", "host", "verbose", "debug", "ignore", "failed", "show",
    ];
    name.split('_').any(|part| WORDS.contains(&part))
}

fn setting(node: &Node, tree: &Tree) -> Option<VariableId> {
    match node.bare().kind {
        Kind::Variable(id) if tree.variables[id].is_setting => Some(id),
        _ => None,
    }
}

/// Whether a value is known only when the program runs.
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
