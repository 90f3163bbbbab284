//! What a field is, as far as a loader compares it with the field that a program declares.

use bpf_core_btf::essential_name;

/// What a field is. A loader takes a kernel's field for the program's if both are of one form
/// (`bpf_core_fields_are_compat` of libbpf): a number never stands for an enum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Form {
    /// An integer of any size.
    Number,
    /// An enum, by its name. That is empty if it has none.
    Enum(String),
    /// A floating-point number.
    Float,
    /// A pointer to anything.
    Pointer,
    /// A struct or union.
    Record,
    /// An array of any length.
    Array(Box<Form>),
    /// Something that is not known.
    Other,
}

impl Form {
    /// Whether a kernel's field of this form stands for a program's of another.
    #[must_use]
    pub fn stands_for(&self, declared: &Self) -> bool {
        match (self, declared) {
            (Self::Other, _) | (_, Self::Other) => true,
            (Self::Enum(one), Self::Enum(other)) => {
                one.is_empty() || other.is_empty() || essential_name(one) == essential_name(other)
            }
            (Self::Array(one), Self::Array(other)) => one.stands_for(other),
            (one, other) => one == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn numbers_are_no_enums() {
        let named = |name: &str| Form::Enum(name.to_owned());
        assert!(!named("devlink_trap_type").stands_for(&Form::Number));
        assert!(!Form::Number.stands_for(&named("devlink_trap_type")));
        assert!(named("devlink_trap_type").stands_for(&named("devlink_trap_type___local")));
        assert!(named("").stands_for(&named("devlink_trap_type")));
        assert!(!named("one").stands_for(&named("other")));
    }

    #[test]
    fn arrays_have_one_element() {
        let of = |form| Form::Array(Box::new(form));
        assert!(of(Form::Number).stands_for(&of(Form::Number)));
        assert!(!of(Form::Number).stands_for(&of(Form::Pointer)));
        assert!(!of(Form::Number).stands_for(&Form::Number));
        assert!(Form::Record.stands_for(&Form::Other));
    }
}
