//! Paths that are written as in C.

use quote::ToTokens as _;
use syn::{Expr, ExprField, ExprUnary, UnOp};

/// A pointer and its fields as a macro wants them, of an expression as in C: `task, pid` of `(*task).pid`.
pub(super) fn path_of_place(place: &Expr) -> Option<String> {
    match place {
        Expr::Group(group) => path_of_place(&group.expr),
        Expr::Paren(paren) => path_of_place(&paren.expr),
        Expr::Reference(reference) => path_of_place(&reference.expr),
        Expr::Field(ExprField { base, member, .. }) => {
            let name = member.to_token_stream();
            let mut base = &**base;
            while let Expr::Paren(paren) = base {
                base = &paren.expr;
            }
            let Expr::Unary(ExprUnary {
                op: UnOp::Deref(_),
                expr: pointer,
                ..
            }) = base
            else {
                return path_of_place(base).map(|before| format!("{before}.{name}"));
            };
            let before = path_of_place(pointer);
            let before = before.unwrap_or_else(|| pointer.to_token_stream().to_string());
            Some(format!("{before}, {name}"))
        }
        _ => None,
    }
}
