//! Buffers that a helper such as `bpf_d_path` fills. Where nothing looks at its result, what decides is what the buffer
//! had before.

use std::collections::HashSet;

use bpf_core_kernel_facts::helper;

use super::tree::{Function, Kind, Node, Tree, Unary, VariableId};
use super::view::Filled;
use crate::front::facts::Deciding;

/// A variable, or a member of one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Buffer<'t> {
    variable: VariableId,
    member: Option<&'t str>,
}

/// Finds them.
pub(super) fn find(tree: &Tree) -> Vec<Filled> {
    let functions = tree.functions.iter();
    functions
        .flat_map(|function| of_function(tree, function))
        .collect()
}

fn of_function(tree: &Tree, function: &Function) -> Vec<Filled> {
    let mut nodes = Vec::new();
    function.body.walk(&mut |node| nodes.push(node));
    let mut found = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        for statement in statements(node) {
            let Kind::Call { name, args } = &statement.bare().kind else {
                continue;
            };
            let argument = helper::fills(name).and_then(|number| args.get(number));
            let Some((argument, buffer)) = argument.and_then(|one| Some((one, buffer(one)?)))
            else {
                continue;
            };
            // The walk comes to the statement after its block.
            let behind = nodes[at..].iter();
            let behind = behind
                .skip_while(|one| !std::ptr::eq(**one, statement))
                .skip(1);
            let behind: Vec<&Node> = behind.copied().collect();
            if let Some((what, decides)) = decision(&behind, buffer) {
                found.push(Filled {
                    by: name.clone(),
                    span: statement.span.clone(),
                    buffer: tree.text(&argument.span).unwrap_or("the buffer").to_owned(),
                    what,
                    decides: decides.span.clone(),
                });
            }
        }
    }
    found
}

/// The statements right below a node: nothing takes their values.
fn statements(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Block(all) | Kind::Case(_, all) | Kind::Label(all) | Kind::If(_, all) => all,
        _ => &[],
    }
}

/// The first place behind the call where the buffer decides something. `None` as well where the program asks first
/// whether anything was written: it made the buffer empty before.
fn decision<'t>(behind: &[&'t Node], buffer: Buffer<'_>) -> Option<(Deciding, &'t Node)> {
    // The variables that have an answer of a function about it.
    let mut answers: HashSet<VariableId> = HashSet::new();
    for node in behind {
        match &node.kind {
            Kind::If(condition, _) | Kind::Choice(condition, ..) => {
                if asks_whether_empty(condition, buffer) {
                    return None;
                }
                if looks_into(condition, buffer) || has_any(condition, &answers) {
                    return Some((Deciding::Condition, condition));
                }
            }
            Kind::Loop {
                condition: Some(condition),
                ..
            } if looks_into(condition, buffer) => return Some((Deciding::Condition, condition)),
            Kind::Switch(on, _) if looks_into(on, buffer) => return Some((Deciding::Match, on)),
            Kind::Call { name, args } if name.ends_with("map_lookup_elem") => {
                if let Some(key) = args.get(1).filter(|key| leads_to(key, buffer)) {
                    return Some((Deciding::MapKey, key));
                }
            }
            Kind::Return(Some(value)) if is_comparison(value) && looks_into(value, buffer) => {
                return Some((Deciding::Comparison, value));
            }
            Kind::Declare(variable, Some(value)) if looks_into(value, buffer) => {
                answers.insert(*variable);
            }
            Kind::Assign(_, to, value) if looks_into(value, buffer) => {
                if let Kind::Variable(variable) = to.bare().kind {
                    answers.insert(variable);
                }
            }
            _ => {}
        }
    }
    None
}

/// The variable or member that an argument points to: `path`, `&path`, `state->path`, `path + 4`.
fn buffer(argument: &Node) -> Option<Buffer<'_>> {
    match &argument.bare().kind {
        Kind::Variable(variable) => Some(Buffer {
            variable: *variable,
            member: None,
        }),
        Kind::AddressOf(inner) | Kind::Index(inner, _) | Kind::Deref(inner) => buffer(inner),
        Kind::Binary(_, base, _) => buffer(base),
        Kind::Member { base, field, .. } => Some(Buffer {
            member: Some(field),
            ..buffer(base)?
        }),
        _ => None,
    }
}

fn leads_to(node: &Node, of: Buffer<'_>) -> bool {
    buffer(node) == Some(of)
}

/// Whether an expression has the contents of a buffer: an element, or what a function that gets it answers.
fn looks_into(node: &Node, of: Buffer<'_>) -> bool {
    let mut found = false;
    node.walk(&mut |one| {
        found |= match &one.kind {
            Kind::Index(base, _) | Kind::Deref(base) => leads_to(base, of),
            Kind::Call { args, .. } => args.iter().any(|arg| leads_to(arg, of)),
            _ => false,
        };
    });
    found
}

fn has_any(node: &Node, variables: &HashSet<VariableId>) -> bool {
    let mut found = false;
    node.walk(&mut |one| {
        found |= matches!(one.kind, Kind::Variable(id) if variables.contains(&id));
    });
    found
}

/// `!path[0]`, `path[0] == 0`, `path[0]`.
fn asks_whether_empty(condition: &Node, of: Buffer<'_>) -> bool {
    match &condition.bare().kind {
        Kind::Unary(Unary::Not, inner) => asks_whether_empty(inner, of),
        Kind::Index(base, index) => index.constant() == Some(0) && leads_to(base, of),
        Kind::Deref(base) => leads_to(base, of),
        Kind::Binary(operator, left, right) if matches!(&**operator, "==" | "!=") => {
            right.constant() == Some(0) && asks_whether_empty(left, of)
        }
        _ => false,
    }
}

fn is_comparison(node: &Node) -> bool {
    match &node.bare().kind {
        Kind::Binary(operator, ..) => {
            matches!(
                &**operator,
                "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||"
            )
        }
        Kind::Unary(Unary::Not, _) => true,
        _ => false,
    }
}
