//! Texts that are in the code of a loader: literals, constants, and what a loop goes over.

use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::TokenStream;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Member, Pat, Path, Token};

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
    /// What a value of the loader's own types holds, in one of these places: `Kprobe.0`.
    Held(Vec<String>),
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

    /// Takes the variables of a pattern for what a value holds: `Hook::Kprobe(name) | Hook::Kretprobe(name)`.
    pub(super) fn bind_held(&mut self, pattern: &Pat) {
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        held_in(pattern, &mut found);
        let found = found.into_iter();
        self.variables
            .extend(found.map(|(name, places)| (name, Texts::Held(places))));
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

fn held_in(pattern: &Pat, found: &mut HashMap<String, Vec<String>>) {
    let mut bind = |path: &Path, field: String, pattern: &Pat| {
        if let (Some(of), Some(name)) = (variant(path), variable(pattern)) {
            found.entry(name).or_default().push(place(&of, &field));
        }
    };
    match pattern {
        Pat::Or(or) => or.cases.iter().for_each(|case| held_in(case, found)),
        Pat::Reference(inner) => held_in(&inner.pat, found),
        Pat::Paren(inner) => held_in(&inner.pat, found),
        Pat::TupleStruct(of) => {
            for (at, part) in of.elems.iter().enumerate() {
                bind(&of.path, at.to_string(), part);
            }
        }
        Pat::Struct(of) => {
            for field in &of.fields {
                bind(&of.path, member(&field.member), &field.pat);
            }
        }
        _ => {}
    }
}

/// The last name of a path, if it is one of a type or of a variant that a project has itself.
pub(super) fn variant(path: &Path) -> Option<String> {
    let name = path.segments.last()?.ident.to_string();
    let is_own = name.starts_with(char::is_uppercase) && !["Err", "Ok", "Some"].contains(&&*name);
    is_own.then_some(name)
}

/// The name of a member.
pub(super) fn member(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// Where a value holds something: `Kprobe.0`.
pub(super) fn place(of: &str, field: &str) -> String {
    format!("{of}.{field}")
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
