//! A call of a function that adds a number to a pointer and reads there: what it reads, in source.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{Expr, Pat, Stmt, Type};

use super::adder::{Adder, arguments, find, read_of};
use super::around::Source;
use super::hit::{Hits, Reading};
use super::types::Shape;
use super::{site, sum};
use crate::front::lex::Kind;
use crate::front::rust::view::{Amount, Origin};

impl Hits<'_> {
    /// What a call reads.
    pub(super) fn read_by(
        &self,
        source: &Source<'_>,
        function: usize,
        number: usize,
    ) -> Result<Reading, String> {
        let call = &self.krate.functions[function].calls[number];
        let callee = self.krate.callee(function, &call.callee);
        let callee = callee.ok_or_else(|| more(&call.callee))?;
        let known = self.adders.borrow().get(&callee).cloned();
        let adder = known.unwrap_or_else(|| {
            let adder = self.adder(callee);
            self.adders.borrow_mut().insert(callee, adder.clone());
            adder
        })?;
        let span = call.spans.get(adder.pointer);
        let pointer_in = span.cloned().ok_or("its pointer is not found")?;
        let text = |range: &Range<usize>| source.text.get(range.clone()).unwrap_or_default();
        let pointer = syn::parse_str::<Expr>(text(&pointer_in));
        let pointer = pointer.map_err(|_| "its pointer is not understood")?;
        let written = || match syn::parse_str::<Expr>(text(&call.span)) {
            Ok(Expr::Call(made)) => {
                let ty = site::turbofish(&made.func).filter(|ty| !matches!(ty, Type::Infer(_)));
                let range = ty?.span().byte_range();
                text(&call.span).get(range).map(str::to_owned)
            }
            _ => None,
        };
        let wanted = adder.wanted.or_else(written);
        let wanted = wanted.or_else(|| of_variable(source, &call.span));
        let wanted = wanted.ok_or_else(|| {
            let name = &call.callee;
            format!("the type is not written where it is read: write `{name}::<u32>(..)`")
        })?;
        Ok(Reading {
            call: call.span.clone(),
            pointer: sum::passed(&pointer),
            pointer_in,
            binding: None,
            wanted,
            after: adder.after,
        })
    }

    fn adder(&self, callee: usize) -> Result<Adder, String> {
        let function = &self.krate.functions[callee];
        let why = || more(&function.name);
        let source = self.texts.get(&function.path).ok_or_else(why)?;
        let file = syn::parse_file(source.text).map_err(|error| error.to_string())?;
        let (signature, body) = find(&file.items, &function.name).ok_or_else(why)?;
        let [offset] = &function.offsets[..] else {
            return Err(why());
        };
        let (&Amount::Param(by), &Origin::Param(pointer)) = (&offset.by, &offset.base.origin)
        else {
            return Err(why());
        };
        let error = |ty: &Type| match self.types.shape(ty, 0) {
            Shape::Int(error) if self.types.is_errno(ty) => Some(error),
            _ => None,
        };
        let of = (source.text, signature, pointer, by);
        let (given, after) = read_of(body, of, &error).ok_or_else(why)?;
        let text = source.text.get(given.span().byte_range());
        let is_generic = signature.generics.type_params().any(|param| {
            let name = param.ident.to_string();
            text == Some(&name)
        });
        Ok(Adder {
            pointer,
            wanted: text.filter(|_| !is_generic).map(str::to_owned),
            after,
        })
    }
}

fn more(function: &str) -> String {
    format!(
        "`{function}` adds it to the pointer, and does more than to read there: read the field by `core_read!` here"
    )
}

/// The type of the variable that takes what a call gives: `let tgid: i32 = read(task, TGID)?;`
fn of_variable(source: &Source<'_>, call: &Range<usize>) -> Option<String> {
    let tokens = &source.tokens;
    let first = tokens.partition_point(|token| token.range.start < call.start);
    let mut depth = 0_usize;
    let start = (0..first).rev().find(|at| match tokens[*at].kind {
        Kind::Close => {
            depth += 1;
            false
        }
        Kind::Open => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0 && matches!(source.word(*at), ";" | "let"),
    })?;
    if source.word(start) != "let" {
        return None;
    }
    let start = tokens[start].range.start;
    // The statement ends at the first `;` with which it can be parsed.
    let ends = tokens.iter().filter(|token| {
        token.range.start >= call.end && source.text.get(token.range.clone()) == Some(";")
    });
    let mut statements = ends.take(MAX_STATEMENTS).filter_map(|end| {
        let text = source.text.get(start..end.range.end)?;
        Some((syn::parse_str::<Stmt>(text).ok()?, text))
    });
    let (Stmt::Local(local), text) = statements.next()? else {
        return None;
    };
    let Pat::Type(typed) = &local.pat else {
        return None;
    };
    let is_taken = is_taken(&local.init?.expr, &(call.start - start..call.end - start))?;
    let ty = match is_taken {
        true => &*typed.ty,
        false => arguments(&typed.ty)?.1.first().copied()?,
    };
    let text = text.get(ty.span().byte_range())?;
    (!matches!(ty, Type::Infer(_))).then(|| text.to_owned())
}

/// `;` in the blocks of a statement that are passed over.
const MAX_STATEMENTS: usize = 16;

/// Whether an expression is the value in the result of a call, or the result itself. `None` if it is neither.
fn is_taken(expression: &Expr, call: &Range<usize>) -> Option<bool> {
    if expression.span().byte_range() == *call {
        return Some(false);
    }
    let taken = |inner: &Expr| (!is_taken(inner, call)?).then_some(true);
    match expression {
        Expr::Paren(of) => is_taken(&of.expr, call),
        Expr::Unsafe(of) => match &of.block.stmts[..] {
            [Stmt::Expr(inner, None)] => is_taken(inner, call),
            _ => None,
        },
        Expr::Try(of) => taken(&of.expr),
        Expr::MethodCall(of) => match of.method.to_string().as_str() {
            "unwrap_or" | "unwrap_or_default" | "unwrap_or_else" | "unwrap" | "expect" => {
                taken(&of.receiver)
            }
            "map_err" | "ok" | "ok_or" => is_taken(&of.receiver, call),
            _ => None,
        },
        Expr::Match(of) => {
            let gives = of.arms.iter().any(|arm| match (&arm.pat, &*arm.body) {
                (Pat::TupleStruct(pattern), Expr::Path(body)) => {
                    let inner = match pattern.elems.first() {
                        Some(Pat::Ident(inner)) => body.path.is_ident(&inner.ident),
                        _ => false,
                    };
                    inner && (pattern.path.is_ident("Ok") || pattern.path.is_ident("Some"))
                }
                _ => false,
            });
            gives.then(|| taken(&of.expr)).flatten()
        }
        _ => None,
    }
}
