//! Which program an expression of a loader is.

use std::collections::HashMap;

use syn::{Expr, Pat};

use super::text::{Known, Texts, bare, variable};

/// What is known of a variable that holds a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) program: Texts,
    /// aya's type of it.
    pub(super) kind: Option<String>,
}

impl Held {
    /// The program that an expression is: a variable, or a call that names one.
    pub(super) fn of(expression: &Expr, known: &Known, variables: &HashMap<String, Self>) -> Self {
        match bare(expression) {
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                let held = name.and_then(|name| variables.get(&name).cloned());
                held.unwrap_or_default()
            }
            // libbpf-rs: `skeleton.progs.name`
            Expr::Field(field) => match (&field.member, bare(&field.base)) {
                (syn::Member::Named(name), Expr::Field(base)) if is_programs(&base.member) => {
                    Self {
                        program: Texts::These(vec![(name.to_string(), 0..0)]),
                        kind: None,
                    }
                }
                _ => Self::default(),
            },
            Expr::Try(inner) => Self::of(&inner.expr, known, variables),
            Expr::Await(inner) => Self::of(&inner.base, known, variables),
            Expr::Cast(inner) => Self::of(&inner.expr, known, variables),
            Expr::MethodCall(call) => {
                let named = ["program_mut", "program", "take_program"];
                match call.args.first() {
                    Some(name) if named.iter().any(|one| call.method == one) => Self {
                        program: known.texts(name),
                        kind: None,
                    },
                    _ => Self::of(&call.receiver, known, variables),
                }
            }
            // `TryInto::<&mut KProbe>::try_into(program)`, `program_of(ebpf, "name")`
            Expr::Call(call) => {
                let first = call.args.first().map(|one| Self::of(one, known, variables));
                let mut named = call.args.iter().map(|one| known.texts(one));
                let named = named.find(|texts| !matches!(texts, Texts::Unknown));
                match first {
                    Some(held) if !matches!(held.program, Texts::Unknown) => held,
                    first => Self {
                        program: named.unwrap_or_default(),
                        ..first.unwrap_or_default()
                    },
                }
            }
            _ => Self::default(),
        }
    }
}

/// `Program::KProbe(program)`: the variable, and what it holds.
pub(super) fn of_program(pattern: &Pat) -> Option<(String, Held)> {
    let Pat::TupleStruct(pattern) = pattern else {
        return None;
    };
    let mut segments = pattern.path.segments.iter().rev();
    let (kind, of) = (segments.next()?, segments.next()?);
    let name = variable(pattern.elems.first()?)?;
    (of.ident == "Program").then(|| {
        let kind = Some(kind.ident.to_string());
        let program = Texts::Unknown;
        (name, Held { program, kind })
    })
}

fn is_programs(member: &syn::Member) -> bool {
    matches!(member, syn::Member::Named(name) if name == "progs" || name == "progs_mut")
}
