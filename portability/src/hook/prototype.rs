//! What kernels pass to a program on a function or tracepoint, and where.

use bpf_core_catalogue::{
    Catalogue, Definition, KernelSet, NameSpace, OpenError, Prototype, TypeRef, type_name,
};

/// A prototype, and the kernels that have it.
#[derive(Debug)]
pub(crate) struct Version {
    /// Without what the program does not see.
    pub(crate) prototype: Prototype,
    pub(crate) kernels: KernelSet,
}

/// What a program finds in the slot of eight bytes of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot<'v> {
    /// A parameter, by its name.
    Argument(&'v str, &'v TypeRef),
    /// The function's result.
    Result(&'v TypeRef),
    /// Nothing.
    Nothing,
}

/// The prototypes of the functions that a member of a struct points to.
pub(crate) fn of_member(
    catalogue: &Catalogue<'_>,
    record: &str,
    member: &str,
) -> Result<Vec<(Prototype, KernelSet)>, OpenError> {
    let mut found = Vec::new();
    for entry in catalogue.types_named(record)? {
        if entry.space != NameSpace::Struct || entry.name != record {
            continue;
        }
        if let Definition::Record(of) = entry.definition()?
            && let Some(member) = of.members.into_iter().find(|one| one.name == member)
            && let TypeRef::Pointer(to) = member.type_ref
            && let TypeRef::Prototype(prototype) = *to
        {
            found.push((*prototype, entry.kernels()));
        }
    }
    Ok(found)
}

impl Slot<'_> {
    /// The struct that it points to.
    pub(crate) fn record(self) -> Option<String> {
        let (Self::Argument(_, of) | Self::Result(of)) = self else {
            return None;
        };
        match kind(of) {
            Kind::Pointer(Some(name)) => name.strip_prefix("struct ").map(str::to_owned),
            _ => None,
        }
    }
}

impl Version {
    /// What is in a slot, if the result stands behind the arguments, or if it does not. `None` if a
    /// parameter before it takes more than one slot, or an unknown number of them.
    pub(crate) fn slot(&self, number: usize, has_result: bool) -> Option<Slot<'_>> {
        let parameters = &self.prototype.parameters;
        let mut before = parameters.iter().take(number);
        if before.any(|(_, of)| is_large(of)) {
            return None;
        }
        Some(match parameters.get(number) {
            Some((name, of)) => Slot::Argument(name, of),
            None if has_result && number == parameters.len() => match &self.prototype.result {
                TypeRef::Void => Slot::Nothing,
                result => Slot::Result(result),
            },
            None => Slot::Nothing,
        })
    }

    /// Whether a program that takes what is in a slot here for what is there reads something else.
    pub(crate) fn is_other(&self, here: Slot<'_>, there: Slot<'_>) -> bool {
        match (here, there) {
            (Slot::Argument(here, of), Slot::Argument(there, other)) => {
                let mut all = self.prototype.parameters.iter();
                let is_elsewhere = here != there && all.any(|(name, _)| name == there);
                is_elsewhere || differ(of, other)
            }
            (Slot::Result(of), Slot::Result(other)) => differ(of, other),
            (Slot::Nothing, Slot::Nothing) => false,
            _ => true,
        }
    }
}

/// Records that are passed as they are, and not behind a pointer.
fn is_large(of: &TypeRef) -> bool {
    match of {
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => is_large(of),
        TypeRef::Named { space, .. } => matches!(space, NameSpace::Struct | NameSpace::Union),
        TypeRef::Unnamed(of) => matches!(**of, Definition::Record(_)),
        _ => false,
    }
}

/// Integers may change their size and name, and `void *` may get a type.
fn differ(of: &TypeRef, other: &TypeRef) -> bool {
    match (kind(of), kind(other)) {
        (Kind::Pointer(None), Kind::Pointer(_)) | (Kind::Pointer(_), Kind::Pointer(None)) => false,
        (of, other) => of != other,
    }
}

/// What a program may do with a value.
#[derive(PartialEq, Eq)]
enum Kind {
    Number,
    /// With the name of the record, or nothing for `void`.
    Pointer(Option<String>),
}

fn kind(of: &TypeRef) -> Kind {
    match of {
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => kind(of),
        TypeRef::Pointer(to) => Kind::Pointer(pointee(to)),
        _ => Kind::Number,
    }
}

fn pointee(of: &TypeRef) -> Option<String> {
    match of {
        TypeRef::Void => None,
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => pointee(of),
        TypeRef::Forward { is_union, name } => {
            let space = if *is_union {
                NameSpace::Union
            } else {
                NameSpace::Struct
            };
            Some(type_name(space, name))
        }
        other => Some(other.to_string()),
    }
}
