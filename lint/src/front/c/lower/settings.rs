//! Tells the loader's settings about the kernel from settings that a user chooses. A program compares `targ_pid` with
//! what it reads. A flag such as `filter_by_port` is known by its name.

use std::collections::HashSet;

use crate::front::c::tree::{Kind, Node, Tree, VariableId};

/// Makes ordinary variables of the settings that a user chooses: they say nothing about the kernel. The program
/// compares them with values that it has only when it runs.
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

/// Whether the name is that of a user's flag. A program compares a flag with nothing, so nothing else tells.
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
