//! Turns the expansions of libbpf's reading macros back into reads: a source and a path of members.

use std::rc::Rc;

use bpf_core_catalogue::Form;

use super::Lower;
use crate::front::c::clang::Cursor;
use crate::front::c::tree::{Kind, MacroRead, Node, Ty};
use crate::front::c::view::Hop;
use crate::known::Question;

/// The macros that stand for a read, a chain of them, or a question.
const READS: &[&str] = &[
    "BPF_CORE_READ",
    "BPF_CORE_READ_INTO",
    "BPF_CORE_READ_STR_INTO",
    "BPF_CORE_READ_USER",
    "BPF_CORE_READ_USER_INTO",
    "BPF_CORE_READ_USER_STR_INTO",
    "BPF_PROBE_READ",
    "BPF_PROBE_READ_INTO",
    "BPF_PROBE_READ_STR_INTO",
    "BPF_PROBE_READ_USER",
    "BPF_PROBE_READ_USER_INTO",
    "BPF_PROBE_READ_USER_STR_INTO",
];

impl<'u> Lower<'u> {
    pub(super) fn statement_expression(&mut self, cursor: Cursor<'u>) -> Kind {
        let name = self.macros.inner(cursor, self.unit);
        let children = cursor.children();
        match name {
            Some(name) if name.starts_with("BPF_CORE_READ_BITFIELD") => {
                needed(&self.nodes(&children)).map_or(Kind::Question(None), Kind::Needed)
            }
            Some(name) if READS.contains(&name.as_ref()) => {
                let body = self.nodes(&children);
                match read(name, body) {
                    Some(read) => Kind::Read(Box::new(read)),
                    None => Kind::Other(Vec::new()),
                }
            }
            _ => match children[..] {
                [block] => self.kind(block),
                _ => self.other(&children),
            },
        }
    }
}

/// What the expansion of a macro needs first.
fn needed(body: &[Node]) -> Option<Rc<Question>> {
    let mut found = None;
    for node in body {
        node.walk(&mut |node| {
            if let Kind::Needed(what) = &node.kind {
                found.get_or_insert_with(|| Rc::clone(what));
            }
        });
    }
    found
}

/// The read that the calls in a macro's expansion make. `None` if there are no calls, as in code
/// with errors.
fn read(name: Rc<str>, body: Vec<Node>) -> Option<MacroRead> {
    let mut calls = Vec::new();
    let mut inner = None;
    for node in body {
        calls_of(node, &mut calls, &mut inner);
    }
    // One macro is made of the other.
    if let Some(inner) = inner {
        return Some(MacroRead {
            name,
            into: None,
            ..inner
        });
    }
    let count = calls.len();
    let (mut source, mut into) = (None, None);
    let (mut hops, mut indexes) = (Vec::new(), Vec::new());
    let mut is_array = false;
    for (index, args) in calls.into_iter().enumerate() {
        let mut args = args.into_iter();
        let (to, from) = (args.next()?, args.nth(1)?);
        if index + 1 == count && name.ends_with("_INTO") {
            into = Some(to);
        }
        let mut found = chain(from);
        is_array = found.is_array;
        hops.append(&mut found.hops);
        indexes.append(&mut found.indexes);
        source.get_or_insert(found.base);
    }
    let source = source.filter(|_| !hops.is_empty())?;
    Some(MacroRead {
        name,
        source,
        hops,
        indexes,
        is_array,
        into,
    })
}

/// The arguments of the reading calls in a macro's expansion, in order, or the macro in it.
fn calls_of(node: Node, calls: &mut Vec<Vec<Node>>, found: &mut Option<MacroRead>) {
    match node.kind {
        Kind::Call { name, args } if name.starts_with("bpf_probe_read") => calls.push(args),
        Kind::Read(read) => *found = Some(*read),
        Kind::Block(nodes) | Kind::Other(nodes) => {
            nodes
                .into_iter()
                .for_each(|node| calls_of(node, calls, found));
        }
        Kind::Cast(inner) | Kind::Declare(_, Some(inner)) => calls_of(*inner, calls, found),
        _ => {}
    }
}

/// A chain of members.
pub(super) struct Chain {
    /// Where it starts.
    base: Node,
    /// Each pointer's struct and the members to the next pointer.
    pub(super) hops: Vec<Hop>,
    /// The indexes of elements on the way.
    indexes: Vec<Node>,
    /// Whether it ends with an array.
    is_array: bool,
}

/// `&((type)base)->a.b->c[i]` to its base, `[a.b, c]` and `[i]`.
pub(super) fn chain(mut at: Node) -> Chain {
    while let Kind::AddressOf(inner) | Kind::Relocated(inner) | Kind::Cast(inner) = at.kind {
        at = *inner;
    }
    let is_array = matches!(at.ty, Ty::Array(_));
    let mut hops: Vec<Hop> = Vec::new();
    let mut path: Vec<Rc<str>> = Vec::new();
    let mut form = Form::Other;
    let mut indexes = Vec::new();
    loop {
        match at.kind {
            Kind::Index(base, index) => {
                indexes.push(*index);
                at = *base;
            }
            Kind::Member {
                base, field, arrow, ..
            } => {
                if !field.is_empty() {
                    if path.is_empty() {
                        form = at.ty.form();
                    }
                    path.push(field);
                }
                if arrow {
                    path.reverse();
                    hops.push(Hop {
                        record: base.ty.pointee().and_then(Ty::record).cloned(),
                        path: path.join("."),
                        form: std::mem::replace(&mut form, Form::Other),
                        lacking: None,
                        is_copy: false,
                    });
                    path.clear();
                }
                at = *base;
            }
            // The macro's own, around what the program gave it.
            Kind::Cast(inner) => {
                at = *inner;
                break;
            }
            _ => break,
        }
    }
    hops.reverse();
    Chain {
        base: at,
        hops,
        indexes,
        is_array,
    }
}
