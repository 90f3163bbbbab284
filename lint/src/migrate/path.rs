//! The syntax of an access: `(*(*task).parent).pid` as a pointer and a path of fields.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, Member, Stmt, UnOp};

use super::sum::may_be_unsafe;

const NOT_FOLLOWED: &str = "its pointer is an expression that is not followed";

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A field, by its name in the bindings.
    Field(String),
    /// An element, by a number.
    Index(String),
}

/// A pointer, and the fields behind it.
#[derive(Debug)]
pub(super) struct Access {
    /// The bytes of the pointer in the text that was parsed.
    pub(super) base: Range<usize>,
    /// Whether it is a reference, which is followed without a `*`.
    is_reference: bool,
    /// Whether it may need the `unsafe` block around it.
    pub(super) may_be_unsafe: bool,
    /// Whether that block is a part of the place: `unsafe { &*sock }.sk`.
    in_unsafe: bool,
    /// The fields between two pointers, for each pointer.
    pub(super) hops: Vec<Vec<Part>>,
}

/// Reads a place behind a pointer, or says why it is not understood.
pub(super) fn access(place: &Expr) -> Result<Access, String> {
    match place {
        Expr::Paren(inner) => access(&inner.expr),
        Expr::Group(inner) => access(&inner.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => behind(&unary.expr),
        // `(&*sock).sk`
        Expr::Reference(reference) => access(&reference.expr),
        Expr::Unsafe(block) => match &block.block.stmts[..] {
            [Stmt::Expr(inner, None)] => {
                let mut access = access(inner)?;
                access.in_unsafe = true;
                Ok(access)
            }
            _ => Err(NOT_FOLLOWED.to_owned()),
        },
        Expr::Field(field) => {
            let Member::Named(name) = &field.member else {
                return Err("it is a field by number".to_owned());
            };
            let mut access = access(&field.base)?;
            access.push(Part::Field(name.to_string()));
            Ok(access)
        }
        Expr::Index(index) => {
            let mut access = access(&index.expr)?;
            match &*index.index {
                Expr::Lit(ExprLit {
                    lit: Lit::Int(number),
                    ..
                }) => {
                    access.push(Part::Index(number.base10_digits().to_owned()));
                    Ok(access)
                }
                _ => Err("its index is known at run time only".to_owned()),
            }
        }
        // `sock.sk`, where `sock` is a reference.
        Expr::Path(path) => Ok(Access {
            base: path.span().byte_range(),
            is_reference: true,
            may_be_unsafe: false,
            in_unsafe: false,
            hops: vec![Vec::new()],
        }),
        _ => Err(NOT_FOLLOWED.to_owned()),
    }
}

/// What is behind a pointer, which may be a field itself.
fn behind(pointer: &Expr) -> Result<Access, String> {
    let mut inner = pointer;
    while let Expr::Paren(paren) = inner {
        inner = &paren.expr;
    }
    if let Expr::Field(_) | Expr::Index(_) = inner
        && let Ok(mut access) = access(inner)
    {
        access.hops.push(Vec::new());
        return Ok(access);
    }
    Ok(Access {
        base: inner.span().byte_range(),
        is_reference: false,
        may_be_unsafe: may_be_unsafe(inner),
        in_unsafe: false,
        hops: vec![Vec::new()],
    })
}

impl Access {
    /// The pointer in source.
    pub(super) fn pointer(&self, text: &str) -> Option<String> {
        let base = text.get(self.base.clone())?;
        Some(
            match (self.is_reference, self.in_unsafe && self.may_be_unsafe) {
                (true, _) => format!("core::ptr::from_ref({base})"),
                (false, true) => format!("unsafe {{ {base} }}"),
                (false, false) => base.to_owned(),
            },
        )
    }

    fn push(&mut self, part: Part) {
        if let Some(hop) = self.hops.last_mut() {
            hop.push(part);
        }
    }
}

/// The place whose address an expression takes, and the types that the address is cast to.
pub(super) fn addressed<'e>(expression: &'e Expr, casts: &mut Vec<&'e syn::Type>) -> Option<Expr> {
    match expression {
        Expr::Paren(inner) => addressed(&inner.expr, casts),
        Expr::Group(inner) => addressed(&inner.expr, casts),
        Expr::Cast(cast) => {
            casts.push(&cast.ty);
            addressed(&cast.expr, casts)
        }
        Expr::Reference(reference) => Some((*reference.expr).clone()),
        Expr::RawAddr(address) => Some((*address.expr).clone()),
        Expr::Macro(call) => {
            let name = call.mac.path.segments.last()?.ident.to_string();
            matches!(name.as_str(), "addr_of" | "addr_of_mut").then_some(())?;
            syn::parse2(call.mac.tokens.clone()).ok()
        }
        _ => None,
    }
}
