//! The syntax of a literal offset: `(task as *const u8).add(1256) as *const u32` as a pointer and the type that is
//! read.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{BinOp, Expr, GenericArgument, Type};

/// A pointer that a constant is added to.
pub(super) struct Sum {
    /// The bytes of the pointer in the text that was parsed.
    pub(super) base: Range<usize>,
    /// Whether it stands in brackets before an `as`.
    in_brackets: bool,
    /// Whether it may need the `unsafe` block around it.
    pub(super) may_be_unsafe: bool,
    /// The types that the sum is a pointer to, where they are written.
    pub(super) pointees: Vec<Type>,
}

impl Sum {
    /// The pointer in source, as one to a struct.
    pub(super) fn pointer(&self, text: &str, record: &str) -> Option<String> {
        let base = text.get(self.base.clone())?;
        Some(match self.in_brackets {
            true => format!("({base}) as *const {record}"),
            false => format!("{base} as *const {record}"),
        })
    }
}

/// Reads an address. `is_constant` says of an operand of `+` whether it is the constant.
pub(super) fn sum(address: &Expr, is_constant: &dyn Fn(&Expr) -> bool) -> Option<Sum> {
    let mut pointees = Vec::new();
    let mut inner = address;
    loop {
        match inner {
            Expr::Paren(paren) => inner = &paren.expr,
            Expr::Group(group) => inner = &group.expr,
            Expr::Cast(cast) => {
                pointees.extend(pointee(&cast.ty));
                inner = &cast.expr;
            }
            Expr::MethodCall(call) if call.args.is_empty() && is_cast(&call.method) => {
                let types = call.turbofish.iter().flat_map(|types| &types.args);
                pointees.extend(types.filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty.clone()),
                    _ => None,
                }));
                inner = &call.receiver;
            }
            Expr::MethodCall(call) if call.args.len() == 1 && adds(&call.method) => {
                return Some(behind(&call.receiver, pointees));
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_)) => {
                let base = match (is_constant(&binary.left), is_constant(&binary.right)) {
                    (false, true) => &binary.left,
                    (true, false) => &binary.right,
                    _ => return None,
                };
                return Some(behind(base, pointees));
            }
            _ => return None,
        }
    }
}

/// A pointer that a function adds to.
pub(super) fn passed(pointer: &Expr) -> Sum {
    behind(pointer, Vec::new())
}

/// The pointer without the casts that made it one to bytes.
fn behind(base: &Expr, pointees: Vec<Type>) -> Sum {
    let mut base = base;
    loop {
        base = match base {
            Expr::Paren(paren) => &paren.expr,
            Expr::Group(group) => &group.expr,
            // A reference is cast to a pointer to its own type only.
            Expr::Cast(cast) if !matches!(*cast.expr, Expr::Reference(_)) => &cast.expr,
            Expr::MethodCall(call) if call.args.is_empty() && is_cast(&call.method) => {
                &call.receiver
            }
            _ => break,
        };
    }
    let stands_alone = matches!(
        base,
        Expr::Path(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Unary(_)
            | Expr::Cast(_)
            | Expr::Unsafe(_)
            | Expr::Macro(_)
            | Expr::Try(_)
    );
    Sum {
        base: base.span().byte_range(),
        in_brackets: !stands_alone,
        may_be_unsafe: may_be_unsafe(base),
        pointees,
    }
}

fn pointee(ty: &Type) -> Option<Type> {
    match ty {
        Type::Ptr(pointer) => Some((*pointer.elem).clone()),
        _ => None,
    }
}

fn is_cast(method: &syn::Ident) -> bool {
    method == "cast" || method == "cast_mut" || method == "cast_const"
}

fn adds(method: &syn::Ident) -> bool {
    let name = method.to_string();
    let name = name.strip_prefix("wrapping_").unwrap_or(&name);
    let name = name.strip_prefix("byte_").unwrap_or(name);
    matches!(name, "add" | "offset")
}

/// Whether an expression may need the `unsafe` block around it.
pub(super) fn may_be_unsafe(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Unsafe(_) => false,
        Expr::Paren(inner) => may_be_unsafe(&inner.expr),
        Expr::Group(inner) => may_be_unsafe(&inner.expr),
        Expr::Field(inner) => may_be_unsafe(&inner.base),
        Expr::Cast(inner) => may_be_unsafe(&inner.expr),
        Expr::Try(inner) => may_be_unsafe(&inner.expr),
        _ => true,
    }
}
