//! What is around a place in a source: the function, and what it returns.

use std::ops::Range;

use syn::{GenericArgument, PathArguments, ReturnType, Type};

use super::types::Types;
use crate::front::lex::{self, Dialect, Kind, Lexer, Token};

/// How a failed read can leave the code around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By `?`: the function returns a `Result` with an errno.
    Errno,
    /// By `.ok()?`: it returns an `Option`.
    Option,
    /// It cannot.
    Shut,
}

/// Where the address of a place is taken, as a pointer.
pub(super) struct Taken {
    /// What is replaced: up to the place, and the bracket of a macro behind it.
    pub(super) range: Range<usize>,
    pub(super) is_mut: bool,
}

/// The tokens of a source, without comments.
#[derive(Debug)]
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let tokens = Lexer::new(text, Dialect::Rust);
        let tokens = tokens.filter(|token| token.kind != Kind::Comment);
        Self {
            text,
            tokens: tokens.collect(),
        }
    }

    pub(super) fn word(&self, at: usize) -> &'t str {
        let token = self.tokens.get(at);
        token.map_or("", |token| &self.text[token.range.clone()])
    }

    /// The bracket that closes another.
    pub(super) fn close(&self, open: usize) -> usize {
        lex::close(&self.tokens, open)
    }

    /// How an error at a byte can leave.
    pub(super) fn way(&self, byte: usize, types: &Types<'_>) -> Way {
        let before = self
            .tokens
            .iter()
            .take_while(|token| token.range.start < byte);
        let mut depth = 0_usize;
        // From the place outwards, one statement at each level.
        for (at, token) in before.enumerate().collect::<Vec<_>>().into_iter().rev() {
            match token.kind {
                Kind::Close => depth += 1,
                Kind::Open if depth > 0 => depth -= 1,
                Kind::Open => {
                    if self.word(at) == "{"
                        && let Some(way) = self.body(at, types)
                    {
                        return way;
                    }
                }
                // A closure, or an `or`: it is not told apart.
                Kind::Punct if depth == 0 && self.word(at) == "|" && self.is_closure(at) => {
                    return Way::Shut;
                }
                Kind::Word if depth == 0 && self.word(at) == "async" => return Way::Shut,
                _ => {}
            }
        }
        Way::Shut
    }

    /// What takes the address of a place: `&raw const`, `addr_of!`, or `&` before a cast.
    pub(super) fn address_of(&self, place: &Range<usize>) -> Option<Taken> {
        let tokens = &self.tokens;
        let first = tokens.partition_point(|token| token.range.start < place.start);
        let next = tokens.partition_point(|token| token.range.start < place.end);
        let before = |back: usize| first.checked_sub(back).map_or("", |at| self.word(at));
        let taken = |back: usize, end: usize, is_mut| Taken {
            range: tokens[first - back].range.start..end,
            is_mut,
        };
        match (before(3), before(2), before(1)) {
            ("&", "raw", word @ ("const" | "mut")) => Some(taken(3, place.end, word == "mut")),
            (name @ ("addr_of" | "addr_of_mut"), "!", "(") if self.word(next) == ")" => {
                let end = tokens.get(next)?.range.end;
                let mut back = 3;
                while before(back + 1) == ":" && before(back + 2) == ":" {
                    back += 3;
                }
                (first >= back).then(|| taken(back, end, name == "addr_of_mut"))
            }
            (_, "&", "mut") if self.word(next) == "as" => Some(taken(2, place.end, true)),
            (_, _, "&") if self.word(next) == "as" => Some(taken(1, place.end, false)),
            _ => None,
        }
    }

    /// Whether a bar ends the parameters of a closure, or begins them.
    fn is_closure(&self, at: usize) -> bool {
        let mut before = (0..at).rev().map(|at| self.word(at));
        let start = before.find(|word| matches!(*word, "|" | "(" | "," | "=" | "{" | ";" | "move"));
        matches!(start, Some("|" | "(" | "," | "=" | "move"))
    }

    /// What a function returns, if the brace opens its body.
    fn body(&self, open: usize, types: &Types<'_>) -> Option<Way> {
        let mut depth = 0_usize;
        let mut start = None;
        for at in (0..open).rev() {
            match (self.tokens[at].kind, self.word(at)) {
                (Kind::Close, "}") | (Kind::Punct, ";") if depth == 0 => break,
                (Kind::Close, _) => depth += 1,
                (Kind::Open, _) if depth == 0 => break,
                (Kind::Open, _) => depth -= 1,
                (Kind::Word, "fn") if depth == 0 => {
                    start = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let start = self.tokens[start?].range.start;
        let head = &self.text[start..self.tokens[open].range.start];
        let signature: syn::Signature = syn::parse_str(head.trim_end()).ok()?;
        let ReturnType::Type(_, returned) = signature.output else {
            return Some(Way::Shut);
        };
        Some(way_of(&returned, types))
    }
}

fn way_of(returned: &Type, types: &Types<'_>) -> Way {
    let Type::Path(path) = returned else {
        return Way::Shut;
    };
    let Some(last) = path.path.segments.last() else {
        return Way::Shut;
    };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Way::Shut;
    };
    let arguments: Vec<&GenericArgument> = arguments.args.iter().collect();
    match (last.ident.to_string().as_str(), &arguments[..]) {
        ("Option", _) => Way::Option,
        ("Result", [_, GenericArgument::Type(error)]) if types.is_errno(error) => Way::Errno,
        _ => Way::Shut,
    }
}
