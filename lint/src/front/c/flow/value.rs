//! What the data flow knows about a value of a C function.

use std::rc::Rc;

use crate::front::c::tree::VariableId;
use crate::front::c::view::{Added, Origin, Pointer, Source, SourceKind, Trust};
use crate::known::Guard;
use crate::span::Span;

/// What is known about a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub(super) origin: Origin,
    /// Where a pointer comes from.
    pub(super) source: Option<Rc<Source>>,
    /// The struct that a pointer points to, by the last of its types that named one.
    pub(super) of: Option<Rc<str>>,
    /// A constant that was added to it.
    pub(super) added: Option<Rc<Added>>,
    /// Two parameters, if the value is their sum: the pointer and the number. Callers know the
    /// number.
    pub(super) sum: Option<(usize, usize)>,
    /// The number, if the value is a known one.
    pub(super) number: Option<Number>,
    /// The variable whose address the value is, with the path of a member.
    pub(super) place: Option<Place>,
    /// The macro read whose failure would make this value zero, in `Flow::zeros`.
    pub(super) zero: Option<usize>,
    /// The read that filled the value and whose result nothing checked, in `Local::pending`.
    pub(super) unchecked: Option<usize>,
    /// The read of the view whose result it is. A failed one gives a number below zero.
    pub(super) error: Option<usize>,
    /// The parameter, if the value is one unchanged.
    pub(super) param: Option<usize>,
    /// The arguments of the function or event that the program is on that the value may be, unchanged.
    pub(super) arguments: Vec<Rc<Argument>>,
}

/// An argument of the function or event that a program is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// Counted from 0.
    pub(super) number: usize,
    /// As the program names it.
    pub(super) name: Rc<str>,
    /// What the conditions around say about the kernel where it is taken out of the context.
    pub(super) guards: Vec<Guard>,
}

#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) value: i64,
    pub(super) name: Option<Rc<str>>,
    /// Whether it comes from `sizeof`. Such a number is no offset of a field.
    pub(super) is_size: bool,
}

/// A variable, or a member in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) variable: VariableId,
    /// `.a.b`, or nothing.
    pub(super) path: String,
}

impl Place {
    pub(super) fn whole(variable: VariableId) -> Self {
        Self {
            variable,
            path: String::new(),
        }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        Self {
            variable: self.variable,
            path: match name {
                "" => self.path.clone(),
                name => format!("{}.{name}", self.path),
            },
        }
    }

    /// Whether `other` is this place or a part of it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let rest = other.path.strip_prefix(&self.path);
        self.variable == other.variable
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl Value {
    pub(super) fn of(origin: Origin) -> Self {
        Self {
            origin,
            ..Self::default()
        }
    }

    pub(super) fn from(origin: Origin, what: SourceKind, span: &Span) -> Self {
        let span = span.clone();
        Self {
            origin,
            source: Some(Rc::new(Source { what, span })),
            ..Self::default()
        }
    }

    pub(super) fn number(value: i64, name: Option<Rc<str>>) -> Self {
        let number = Number {
            value,
            name,
            is_size: false,
        };
        Self {
            number: Some(number),
            ..Self::default()
        }
    }

    pub(super) fn is_kernel(&self) -> bool {
        matches!(self.origin, Origin::Kernel(_))
    }

    /// The pointer, for rules.
    pub(super) fn pointer(&self) -> Pointer {
        Pointer {
            origin: self.origin,
            source: self.source.clone(),
            added: self.added.clone(),
        }
    }

    /// What holds for both values: the arguments of two callers, or the results of two returns.
    pub(super) fn join(&self, other: &Self) -> Self {
        use Origin::Kernel;
        let origin = match (self.origin, other.origin) {
            (a, b) if a == b => a,
            // A test may tell the two apart, the same as the one that made the difference.
            (Kernel(_), Kernel(_)) => Kernel(Trust::Unknown),
            _ => Origin::Unknown,
        };
        let same_number = |a: &Number, b: &Number| a.value == b.value;
        Self {
            origin,
            source: self.source.clone().filter(|_| origin != Origin::Unknown),
            of: self.of.clone().filter(|_| self.of == other.of),
            added: self.added.clone().or_else(|| other.added.clone()),
            sum: self.sum.or(other.sum),
            number: match (&self.number, &other.number) {
                (Some(a), Some(b)) if same_number(a, b) => Some(a.clone()),
                _ => None,
            },
            place: self.place.clone().filter(|_| self.place == other.place),
            zero: self.zero.or(other.zero),
            unchecked: self.unchecked.or(other.unchecked),
            error: self.error.filter(|_| self.error == other.error),
            param: self.param.filter(|_| self.param == other.param),
            arguments: {
                let mut all = self.arguments.clone();
                let new = other.arguments.iter().filter(|one| !all.contains(one));
                let new: Vec<Rc<Argument>> = new.cloned().collect();
                all.extend(new);
                all
            },
        }
    }

    /// The same, where these guards hold.
    pub(super) fn where_holds(mut self, guards: &[Guard]) -> Self {
        for argument in &mut self.arguments {
            let new = guards.iter().filter(|one| !argument.guards.contains(one));
            let new: Vec<Guard> = new.cloned().collect();
            if !new.is_empty() {
                Rc::make_mut(argument).guards.extend(new);
            }
        }
        self
    }
}
