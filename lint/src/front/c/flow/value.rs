//! What is known of a value.

use std::rc::Rc;

use crate::front::c::tree::VariableId;
use crate::front::c::view::{Added, Origin, Pointer, Source, SourceKind, Trust};
use crate::span::Span;

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub(super) origin: Origin,
    /// Where a pointer comes from.
    pub(super) source: Option<Rc<Source>>,
    /// A constant that was added to it.
    pub(super) added: Option<Rc<Added>>,
    /// The parameters whose sum it is, the pointer first: callers know the constant.
    pub(super) sum: Option<(usize, usize)>,
    /// The number that it is.
    pub(super) number: Option<Number>,
    /// The variable that it is the address of, with a path of fields.
    pub(super) place: Option<Place>,
    /// The read of a failing macro that it comes from.
    pub(super) zero: Option<usize>,
    /// The read without a check that filled it.
    pub(super) unchecked: Option<usize>,
    /// The parameter that it is.
    pub(super) param: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) value: i64,
    pub(super) name: Option<Rc<str>>,
    /// A size is another rule's.
    pub(super) is_size: bool,
}

/// A variable, or a field in it.
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

    /// What two callers' arguments, or two returns, have in common.
    pub(super) fn join(&self, other: &Self) -> Self {
        use Origin::Kernel;
        let origin = match (self.origin, other.origin) {
            (a, b) if a == b => a,
            // One caller is enough for a mistake.
            (Kernel(Trust::No), Kernel(_)) | (Kernel(_), Kernel(Trust::No)) => Kernel(Trust::No),
            (Kernel(_), Kernel(_)) => Kernel(Trust::Unknown),
            _ => Origin::Unknown,
        };
        let same_number = |a: &Number, b: &Number| a.value == b.value;
        Self {
            origin,
            source: self.source.clone().filter(|_| origin != Origin::Unknown),
            added: self.added.clone().or_else(|| other.added.clone()),
            sum: self.sum.or(other.sum),
            number: match (&self.number, &other.number) {
                (Some(a), Some(b)) if same_number(a, b) => Some(a.clone()),
                _ => None,
            },
            place: self.place.clone().filter(|_| self.place == other.place),
            zero: self.zero.or(other.zero),
            unchecked: self.unchecked.or(other.unchecked),
            param: self.param.filter(|_| self.param == other.param),
        }
    }
}
