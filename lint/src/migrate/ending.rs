//! What stands around a read that is replaced: the `unsafe` block, and the calls that use its error.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{Expr, ExprClosure, Pat};

use super::around::{Source, Way};
use super::types::Types;
use crate::front::lex::{Dialect, Kind, Lexer};

/// Calls that drop the error of a read.
const DROP_ERROR: [&str; 5] = ["ok", "unwrap_or", "unwrap_or_default", "is_ok", "is_err"];

/// What is replaced of a call, and what stands behind `core_read!` in its place. An `unsafe` block stays if the
/// pointer needs it. Where the code sees the error, it stays
/// one of its type.
pub(super) fn of(
    source: &Source<'_>,
    (types, error): (&Types<'_>, &str),
    call: &Range<usize>,
    needs_unsafe: bool,
) -> (Range<usize>, String) {
    let (range, mark) = match needs_unsafe {
        true => (call.clone(), ""),
        false => without_unsafe(source, call),
    };
    let is_free = match mark {
        "" => is_error_free(source, types, &range),
        _ => source.way(call.start, types) == Way::Errno,
    };
    let error = match is_free {
        true => String::new(),
        false => format!(".map_err({error}::from)"),
    };
    (range, error + mark)
}

/// The range with an `unsafe` block that has nothing else in it but a `?`, and that mark.
pub(super) fn without_unsafe(
    source: &Source<'_>,
    range: &Range<usize>,
) -> (Range<usize>, &'static str) {
    let text = source.text;
    let before = text[..range.start].trim_end();
    let opened = before.strip_suffix('{').map(str::trim_end);
    let start = opened
        .and_then(|before| before.strip_suffix("unsafe"))
        .map(str::len);
    let behind = text[range.end..].trim_start();
    let (behind, mark) = match behind.strip_prefix('?') {
        Some(behind) => (behind.trim_start(), "?"),
        None => (behind, ""),
    };
    match start {
        Some(start) if behind.starts_with('}') => (start..text.len() - behind.len() + 1, mark),
        _ => (range.clone(), ""),
    }
}

/// Whether the code around takes any type of error.
fn is_error_free(source: &Source<'_>, types: &Types<'_>, range: &Range<usize>) -> bool {
    let start = range.start;
    let (range, _) = match source.text[range.end..].trim_start().starts_with('}') {
        true => without_unsafe(source, range),
        false => (range.clone(), ""),
    };
    let tokens = &source.tokens;
    let first = tokens.partition_point(|token| token.range.start < range.start);
    if is_matched_with_ok(source, first) {
        return true;
    }
    let mut at = tokens.partition_point(|token| token.range.start < range.end);
    if first > 0 && source.word(first - 1) == "match" && drops_errors(source, at) {
        return true;
    }
    loop {
        if source.word(at) == "?" {
            return source.way(start, types) == Way::Errno;
        }
        if source.word(at) != "." || source.word(at + 2) != "(" {
            return false;
        }
        let name = source.word(at + 1);
        let close = source.close(at + 2);
        if DROP_ERROR.contains(&name) {
            return true;
        }
        let argument = tokens[at + 2].range.end..tokens[close].range.start;
        match (name, argument_of(&source.text[argument])) {
            ("map", _) | ("map_err", Mapped::Same) => {}
            ("map_err", Mapped::Any) => return true,
            _ => return false,
        }
        at = close + 1;
    }
}

/// `if let Ok(value) = `, `let Ok(value) = ` and `while let Ok(value) = ` before a read.
fn is_matched_with_ok(source: &Source<'_>, first: usize) -> bool {
    let mut before = (0..first).rev();
    let is = |at: Option<usize>, word: &str| at.is_some_and(|at| source.word(at) == word);
    if !is(before.next(), "=") || !is(before.next(), ")") {
        return false;
    }
    let mut depth = 1_usize;
    for at in before.by_ref() {
        match source.tokens[at].kind {
            Kind::Close => depth += 1,
            Kind::Open => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    is(before.next(), "Ok") && is(before.next(), "let")
}

/// Whether the arms of a `match` look at no error: `Err(_) => ...`.
fn drops_errors(source: &Source<'_>, open: usize) -> bool {
    let mut arms = (open + 1)..source.close(open);
    let words = |at: usize| {
        [
            source.word(at + 1),
            source.word(at + 2),
            source.word(at + 3),
        ]
    };
    source.word(open) == "{"
        && arms.all(|at| source.word(at) != "Err" || words(at) == ["(", "_", ")"])
}

/// What `map_err` makes of an error.
enum Mapped {
    /// What it was.
    Same,
    /// Something else, of an error of any type.
    Any,
    /// Something that needs the error of aya's helper.
    Other,
}

fn argument_of(text: &str) -> Mapped {
    match syn::parse_str::<Expr>(text) {
        Ok(Expr::Closure(closure)) => by_closure(&closure, text),
        Ok(Expr::Path(path)) => {
            let names = path.path.segments.iter().map(|part| part.ident.to_string());
            match names.collect::<Vec<_>>().join("::").as_str() {
                "i64::from" | "i32::from" => Mapped::Any,
                _ => Mapped::Other,
            }
        }
        _ => Mapped::Other,
    }
}

fn by_closure(closure: &ExprClosure, text: &str) -> Mapped {
    let name = match closure.inputs.first() {
        Some(Pat::Wild(_)) => return Mapped::Any,
        Some(Pat::Ident(pattern)) => pattern.ident.to_string(),
        _ => return Mapped::Other,
    };
    let body = text.get(closure.body.span().byte_range()).unwrap_or(text);
    let mut words = Lexer::new(body, Dialect::Rust);
    match words.any(|token| body[token.range] == name) {
        _ if body == name => Mapped::Same,
        true => Mapped::Other,
        false => Mapped::Any,
    }
}
