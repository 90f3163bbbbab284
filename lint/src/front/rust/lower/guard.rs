//! Follows what conditions say about the kernel to the code that runs where they hold.

use std::collections::HashMap;
use std::rc::Rc;

use syn::{ItemFn, Lit, Pat};

use super::Lowering;
use super::field::Hop;
use crate::front::rust::facts;
use crate::front::rust::view::{Need, Says, Value};
use crate::known::{Guard, Question};

impl Says {
    /// A question to the loader, whose answer is a `bool`, or an `Option` that is there or not.
    pub(super) fn asks(question: Question) -> Self {
        let question = Rc::new(question);
        let guard = |exists| Guard {
            question: Rc::clone(&question),
            exists,
        };
        Self {
            yes: vec![guard(true)],
            no: vec![guard(false)],
            is_in_result: false,
        }
    }

    /// Something that may depend on the kernel, and nobody knows how.
    pub(super) fn other() -> Self {
        Self {
            yes: vec![Guard::other()],
            no: vec![Guard::other()],
            is_in_result: false,
        }
    }

    pub(super) fn is_other(&self) -> bool {
        self.yes == [Guard::other()] && self.no == self.yes
    }

    pub(super) fn not(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
            ..self
        }
    }

    /// `self && other`
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            yes: [self.yes, other.yes].concat(),
            no: either(self.no, other.no),
            is_in_result: self.is_in_result,
        }
    }

    /// `self || other`
    pub(super) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// Where it is false or not there, something else may be the cause.
    pub(super) fn at_least(self) -> Self {
        Self {
            no: Vec::new(),
            ..self
        }
    }

    /// The `bool` or `Option` in the `Result`.
    pub(super) fn inside(self) -> Self {
        Self {
            is_in_result: false,
            ..self
        }
    }

    /// The same, as a part of a value.
    pub(super) fn told(self) -> Option<Rc<Self>> {
        let is_any = !self.yes.is_empty() || !self.no.is_empty();
        is_any.then(|| Rc::new(self))
    }
}

/// What holds where all of the first guards hold, or all of the second.
fn either(a: Vec<Guard>, b: Vec<Guard>) -> Vec<Guard> {
    // On one side nothing is known.
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    if a == b {
        return a;
    }
    let other = Guard::other();
    if a.contains(&other) || b.contains(&other) {
        return vec![other];
    }
    vec![Guard {
        question: Rc::new(Question::Either(a, b)),
        exists: true,
    }]
}

/// What the hops of a path say by being there: each optional field exists.
pub(super) fn of_hops(hops: &[Hop]) -> Says {
    let optional = hops.iter().filter(|hop| hop.is_optional);
    let says = optional.map(|hop| Says::asks(hop.field.clone()));
    says.reduce(Says::and).unwrap_or_default()
}

impl Value {
    pub(super) fn says(&self) -> Says {
        self.says.as_deref().cloned().unwrap_or_default()
    }

    /// The same value, of which only that is known which holds in a value that is made from it.
    pub(super) fn still_says(&self) -> Option<Rc<Says>> {
        self.says.clone().filter(|says| says.is_other())
    }
}

impl Lowering<'_> {
    /// Walks code that runs where the guards hold.
    pub(super) fn under<T>(&mut self, guards: &[Guard], walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.guards.len();
        self.guards.extend_from_slice(guards);
        let walked = walk(self);
        self.guards.truncate(before);
        walked
    }

    /// Notes the hops that every kernel has to have.
    pub(super) fn need(&mut self, hops: &[Hop], span: &std::ops::Range<usize>) {
        let Some(supported) = self.input.supported else {
            return;
        };
        for hop in hops.iter().filter(|hop| !hop.is_optional) {
            // A damaged catalogue is told where the answers are joined.
            if hop.field.is_lacking(supported).unwrap_or(true) {
                self.function.needs.push(Need {
                    what: hop.field.clone(),
                    span: span.clone(),
                    guards: self.guards.clone().into(),
                });
            }
        }
    }

    /// What holds where a value fits a pattern, and where it does not.
    pub(super) fn fits(&self, pattern: &Pat, says: &Says) -> Says {
        // Of another value nothing is known but that it may depend on the kernel.
        let other = || match says.is_other() {
            true => Says::other(),
            false => Says::default(),
        };
        match pattern {
            Pat::TupleStruct(tuple) => {
                let name = tuple
                    .path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string());
                match (name.as_deref(), tuple.elems.first()) {
                    (Some("Ok" | "Some"), Some(inner)) if says.is_in_result => {
                        self.fits(inner, &says.clone().inside()).at_least()
                    }
                    (Some("Some"), _) if !says.is_in_result => says.clone(),
                    _ => other(),
                }
            }
            Pat::Ident(name) if name.ident == "None" && !says.is_in_result => says.clone().not(),
            Pat::Path(path) if path.path.is_ident("None") && !says.is_in_result => {
                says.clone().not()
            }
            Pat::Lit(literal) => match literal.lit {
                Lit::Bool(ref is) if is.value => says.clone(),
                Lit::Bool(_) => says.clone().not(),
                _ => other(),
            },
            Pat::Paren(paren) => self.fits(&paren.pat, says),
            Pat::Reference(reference) => self.fits(&reference.pat, says),
            Pat::Ident(_) | Pat::Wild(_) => Says::default(),
            _ => other(),
        }
    }

    /// What the result of one of the crate's functions says about the kernel.
    pub(super) fn answer_of(&mut self, function: &str) -> Option<Rc<Says>> {
        if let Some(known) = self.answers.get(function) {
            return known.clone();
        }
        let text = self.input.facts.asking.get(function)?;
        // While it is worked out, and where it cannot be.
        let other = Says::other().told().filter(|_| facts::asks(text));
        self.answers.insert(function.to_owned(), other.clone());
        let says = syn::parse_str::<ItemFn>(text).ok();
        let says = says.and_then(|item| self.result_of(&item)).or(other);
        self.answers.insert(function.to_owned(), says.clone());
        says
    }

    /// What the result of a function says that has one way out.
    fn result_of(&mut self, item: &ItemFn) -> Option<Rc<Says>> {
        let done = self.done.len();
        let function = std::mem::take(&mut self.function);
        let scopes = std::mem::replace(&mut self.scopes, vec![HashMap::new()]);
        let buffers = std::mem::take(&mut self.buffers);
        let guards = std::mem::take(&mut self.guards);
        let results = std::mem::take(&mut self.results);
        let asked = std::mem::take(&mut self.asked);
        for (index, param) in item.sig.inputs.iter().enumerate() {
            self.param(index, param);
        }
        let value = self.block(&item.block);
        let made = std::mem::replace(&mut self.function, function);
        self.scopes = scopes;
        self.buffers = buffers;
        self.guards = guards;
        self.results = results;
        self.asked = asked;
        self.done.truncate(done);
        let has_other_ways = !made.returned.is_empty() || made.returns_unknown;
        value.says.filter(|_| !has_other_ways)
    }
}
