//! Texts that are in the code of a loader: literals, constants, and what a loop goes over.

use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::TokenStream;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Pat, Token};

/// A text, and where it stands.
pub(super) type Text = (String, Range<usize>);

/// What an expression may be, as a text.
#[derive(Clone, Debug, Default)]
pub(super) enum Texts {
    /// Nobody knows.
    #[default]
    Unknown,
    /// One of these, in the order in which a loop takes them.
    These(Vec<Text>),
    /// What the function gets as this argument.
    Param(usize),
}

/// The variables of a function that are texts, and the constants of its file.
#[derive(Default)]
pub(super) struct Known {
    /// By name.
    pub(super) variables: HashMap<String, Texts>,
    /// By name.
    pub(super) constants: HashMap<String, Expr>,
}

impl Known {
    /// The texts that an expression may be.
    pub(super) fn texts(&self, expression: &Expr) -> Texts {
        match bare(expression) {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Texts::These(vec![(text.value(), text.span().byte_range())]),
                _ => Texts::Unknown,
            },
            Expr::Path(path) => {
                let Some(name) = path.path.segments.last().map(|last| last.ident.to_string())
                else {
                    return Texts::Unknown;
                };
                match (self.variables.get(&name), self.constants.get(&name)) {
                    (Some(known), _) => known.clone(),
                    (None, Some(constant)) if !matches!(constant, Expr::Path(_)) => {
                        self.texts(constant)
                    }
                    _ => Texts::Unknown,
                }
            }
            _ => Texts::Unknown,
        }
    }

    /// Takes the variables of a pattern for what a loop over `over` gives them.
    pub(super) fn bind_each(&mut self, pattern: &Pat, over: &Expr) {
        let elements = self.elements(over);
        let columns: Vec<(usize, &Pat)> = match pattern {
            Pat::Tuple(tuple) => tuple.elems.iter().enumerate().collect(),
            Pat::Reference(inner) => return self.bind_each(&inner.pat, over),
            other => vec![(0, other)],
        };
        let is_tuple = matches!(pattern, Pat::Tuple(_));
        for (at, column) in columns {
            let Some(name) = variable(column) else {
                continue;
            };
            let texts = elements.iter().map(|element| {
                let element = match bare(element) {
                    Expr::Tuple(tuple) if is_tuple => tuple.elems.iter().nth(at)?,
                    element if !is_tuple => element,
                    _ => return None,
                };
                match self.texts(element) {
                    Texts::These(mut texts) if texts.len() == 1 => texts.pop(),
                    _ => None,
                }
            });
            let texts = texts.collect::<Option<Vec<Text>>>();
            let texts = texts.filter(|texts| !texts.is_empty());
            let texts = texts.map_or(Texts::Unknown, Texts::These);
            self.variables.insert(name, texts);
        }
    }

    /// The elements of a list that is in the code.
    fn elements(&self, over: &Expr) -> Vec<Expr> {
        match bare(over) {
            Expr::Array(array) => array.elems.iter().cloned().collect(),
            Expr::Macro(call) if call.mac.path.is_ident("vec") => listed(call.mac.tokens.clone()),
            Expr::Path(path) => {
                let name = path.path.segments.last().map(|last| last.ident.to_string());
                match name.and_then(|name| self.constants.get(&name)) {
                    Some(constant) if !matches!(constant, Expr::Path(_)) => self.elements(constant),
                    _ => Vec::new(),
                }
            }
            Expr::MethodCall(call) if call.method == "iter" || call.method == "into_iter" => {
                self.elements(&call.receiver)
            }
            _ => Vec::new(),
        }
    }
}

fn listed(tokens: TokenStream) -> Vec<Expr> {
    let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens);
    list.map_or_else(|_| Vec::new(), |list| list.into_iter().collect())
}

/// The name that a pattern gives to all that it fits.
pub(super) fn variable(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => variable(&typed.pat),
        Pat::Reference(inner) => variable(&inner.pat),
        _ => None,
    }
}

/// An expression without what does not change a text.
pub(super) fn bare(expression: &Expr) -> &Expr {
    const SAME: &[&str] = &["as_ref", "as_str", "clone", "into", "to_owned", "to_string"];
    match expression {
        Expr::Reference(inner) => bare(&inner.expr),
        Expr::Paren(inner) => bare(&inner.expr),
        Expr::Group(inner) => bare(&inner.expr),
        Expr::MethodCall(call) if SAME.iter().any(|name| call.method == name) => {
            bare(&call.receiver)
        }
        other => other,
    }
}
