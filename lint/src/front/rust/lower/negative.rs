//! Numbers below zero in source: a hook forbids something with one.

use syn::{Block, Expr, Lit, Stmt, UnOp};

/// Whether a way ends with a number below zero.
pub(super) fn refuses(way: &Block) -> bool {
    match way.stmts.last() {
        Some(Stmt::Expr(Expr::Return(give), _)) => give.expr.as_deref().is_some_and(is_negative),
        Some(Stmt::Expr(last, None)) => is_negative(last),
        _ => false,
    }
}

/// Whether an expression is a number below zero, or may be.
pub(super) fn is_negative(expression: &Expr) -> bool {
    match expression {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => is_constant(&unary.expr),
        Expr::Paren(inner) => is_negative(&inner.expr),
        Expr::Cast(cast) => is_negative(&cast.expr),
        Expr::Call(call) => {
            let is_wrapper = match &*call.func {
                Expr::Path(path) => ["Ok", "Err", "Some"]
                    .iter()
                    .any(|one| path.path.is_ident(one)),
                _ => false,
            };
            is_wrapper && call.args.first().is_some_and(is_negative)
        }
        Expr::If(branch) => {
            let other = branch.else_branch.as_ref();
            refuses(&branch.then_branch) || other.is_some_and(|(_, other)| is_negative(other))
        }
        Expr::Block(block) => refuses(&block.block),
        _ => false,
    }
}

fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(literal) => matches!(&literal.lit, Lit::Int(int) if int.base10_digits() != "0"),
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.starts_with(|first: char| first.is_ascii_uppercase())
        }),
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Cast(cast) => is_constant(&cast.expr),
        _ => false,
    }
}
