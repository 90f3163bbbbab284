//! An address that a variable has between the sum and the read: `let slot = task.add(1256) as *const u32;`

use std::ops::Range;

use syn::parse::Parser as _;
use syn::{Block, Expr, Local, Pat, Stmt, Type};

use super::around::Source;
use super::sum::{self, Sum};
use crate::front::lex::Kind;

/// The variable's statement, which goes when the read does.
pub(super) struct Bound {
    /// The statement, up to the next one.
    pub(super) statement: Range<usize>,
    /// The pointer, its bytes counted from the start of the statement.
    pub(super) sum: Sum,
    /// The type that the variable is a pointer to, if the statement says it.
    pub(super) wanted: Option<String>,
}

const LEFT: &str = "the constant is not added where the address is read";

/// The statement that makes `address`, a variable, of the sum at `start`, if nothing but `read` uses it.
pub(super) fn bound(
    source: &Source<'_>,
    (address, start): (&Expr, usize),
    read: &Range<usize>,
    is_constant: &dyn Fn(&Expr) -> bool,
) -> Result<Bound, String> {
    let Expr::Path(variable) = address else {
        return Err(LEFT.to_owned());
    };
    let name = variable.path.get_ident().ok_or(LEFT)?.to_string();
    let (first, last) = statement(source, start).ok_or(LEFT)?;
    let from = source.tokens[first].range.start;
    let text = &source.text[from..source.tokens[last].range.end];
    let local = local(text).ok_or(LEFT)?;
    let (pattern, ty) = match &local.pat {
        Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pattern => (pattern, None),
    };
    let is_it = matches!(pattern, Pat::Ident(one) if one.ident == name && one.mutability.is_none());
    let init = local.init.as_ref().filter(|init| init.diverge.is_none());
    let init = init.filter(|_| is_it).ok_or(LEFT)?;
    let sum = sum::sum(&init.expr, is_constant).ok_or(LEFT)?;
    let base = text.get(sum.base.clone()).unwrap_or_default();
    let is_variable = base.chars().all(|one| one.is_alphanumeric() || one == '_');
    if !is_variable {
        return Err(format!("{LEFT}, and its pointer is no variable"));
    }
    for (at, token) in source.tokens.iter().enumerate().skip(last + 1) {
        if token.range.start >= read.start {
            break;
        }
        if source.word(at) == base && source.word(at + 1) == "=" {
            return Err(format!("`{base}` changes before the address is read"));
        }
    }
    let uses = uses(source, last + 1, &name);
    if !matches!(&uses[..], [one] if read.contains(one)) {
        return Err(format!("`{name}` is used for more than this read"));
    }
    let mut written = sum.pointees.iter().chain(ty.and_then(pointee));
    let wanted = written.find(|ty| !matches!(ty, Type::Infer(_)));
    let wanted = wanted.and_then(|ty| {
        use syn::spanned::Spanned as _;
        Some(text.get(ty.span().byte_range())?.to_owned())
    });
    let next = source.tokens.get(last + 1).ok_or(LEFT)?;
    Ok(Bound {
        statement: from..next.range.start,
        sum,
        wanted,
    })
}

/// The first and the last token of the `let` statement around a byte.
fn statement(source: &Source<'_>, byte: usize) -> Option<(usize, usize)> {
    let tokens = &source.tokens;
    let inside = tokens.iter().take_while(|token| token.range.start < byte);
    let mut before = (0..inside.count()).rev();
    let first = before.find(|&at| matches!(source.word(at), "let" | ";" | "{" | "}"))?;
    if source.word(first) != "let" {
        return None;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(first) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            _ if depth == 0 && source.word(at) == ";" => return Some((first, at)),
            _ => {}
        }
    }
    None
}

fn local(text: &str) -> Option<Local> {
    let mut statements = Block::parse_within.parse_str(text).ok()?;
    match (statements.pop()?, statements.is_empty()) {
        (Stmt::Local(local), true) => Some(local),
        _ => None,
    }
}

/// Where the rest of the block around a token has a word.
fn uses(source: &Source<'_>, from: usize, word: &str) -> Vec<usize> {
    let (mut depth, mut found) = (0_usize, Vec::new());
    for (at, token) in source.tokens.iter().enumerate().skip(from) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => break,
            Kind::Close => depth -= 1,
            _ if source.word(at) == word => found.push(token.range.start),
            _ => {}
        }
    }
    found
}

fn pointee(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Ptr(pointer) => Some(&pointer.elem),
        _ => None,
    }
}
