//! A field's type apart from typedefs and qualifiers, as far as declarations tell types apart.

use bpf_core_catalogue::{Definition, KernelSet, NameSpace, OpenError, TypeRef};

use crate::source::Kernels;

/// A type of a field on some kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Int(Int),
    /// What it points to. `None`: nothing that is declared, such as `void` or a function.
    Pointer(Option<Box<Shape>>),
    /// 0 elements: a flexible array.
    Array(Box<Shape>, u32),
    /// A struct or union, or a typedef of an unnamed one.
    Record(NameSpace, String),
    Enum(String),
    /// A record or enum without a name. Its definition is looked at where it stands.
    Unnamed(Box<Definition>),
    /// Nothing that BPF has: a floating-point number.
    Other,
}

/// An integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Int {
    /// In bytes.
    pub(crate) size: u32,
    pub(crate) is_signed: bool,
    pub(crate) is_bool: bool,
    /// Of a bit-field, in bits; or 0.
    pub(crate) bits: u8,
}

/// `BTF_INT_SIGNED` and `BTF_INT_BOOL`.
const SIGNED: u8 = 1;
const BOOL: u8 = 4;

/// Chains of typedefs are a handful long.
const MAX_DEPTH: u32 = 32;

/// What a type is on these kernels: a typedef may be something else on some of them.
pub(crate) fn shapes(
    kernels: &Kernels<'_, '_>,
    of: &TypeRef,
    on: &KernelSet,
) -> Result<Vec<(Shape, KernelSet)>, OpenError> {
    let mut found = Vec::new();
    walk(kernels, of, on, 0, &mut |shape, set| match found
        .iter_mut()
        .find(|(other, _)| *other == shape)
    {
        Some((_, all)) => *all = KernelSet::union(all, &set),
        None => found.push((shape, set)),
    })?;
    Ok(found)
}

fn walk(
    kernels: &Kernels<'_, '_>,
    of: &TypeRef,
    on: &KernelSet,
    depth: u32,
    tell: &mut dyn FnMut(Shape, KernelSet),
) -> Result<(), OpenError> {
    if depth == MAX_DEPTH {
        tell(Shape::Other, on.clone());
        return Ok(());
    }
    match of {
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => {
            walk(kernels, of, on, depth + 1, tell)
        }
        TypeRef::Pointer(to) => walk(kernels, to, on, depth + 1, &mut |shape, set| {
            let to = match shape {
                // An array that is pointed to is read through its first element by nobody here.
                Shape::Other | Shape::Array(..) | Shape::Unnamed(_) | Shape::Enum(_) => None,
                shape => Some(Box::new(shape)),
            };
            tell(Shape::Pointer(to), set);
        }),
        TypeRef::Array { element, len } => {
            walk(kernels, element, on, depth + 1, &mut |shape, set| {
                tell(Shape::Array(Box::new(shape), *len), set);
            })
        }
        TypeRef::Unnamed(definition) => {
            tell(Shape::Unnamed(definition.clone()), on.clone());
            Ok(())
        }
        TypeRef::Forward { is_union, name } => {
            let space = if *is_union {
                NameSpace::Union
            } else {
                NameSpace::Struct
            };
            tell(Shape::Record(space, name.clone()), on.clone());
            Ok(())
        }
        TypeRef::Void | TypeRef::Prototype(_) => {
            tell(Shape::Other, on.clone());
            Ok(())
        }
        TypeRef::Named { space, name, .. } => match space {
            NameSpace::Struct | NameSpace::Union => {
                tell(Shape::Record(*space, name.clone()), on.clone());
                Ok(())
            }
            NameSpace::Enum => {
                tell(Shape::Enum(name.clone()), on.clone());
                Ok(())
            }
            _ => named(kernels, (*space, name), on, depth, tell),
        },
    }
}

/// An integer or a typedef, which each kernel may define otherwise.
fn named(
    kernels: &Kernels<'_, '_>,
    (space, name): (NameSpace, &str),
    on: &KernelSet,
    depth: u32,
    tell: &mut dyn FnMut(Shape, KernelSet),
) -> Result<(), OpenError> {
    let mut left = on.clone();
    for (other, definition, set) in kernels.named(name)?.iter() {
        let set = set.intersection(&left);
        if *other != space || set.is_empty() {
            continue;
        }
        left = left.difference(&set);
        match definition {
            Definition::Int { size, encoding, .. } => {
                let int = Int {
                    size: *size,
                    // Whether `char` has a sign depends on the architecture.
                    is_signed: encoding & SIGNED != 0 && name != "char",
                    is_bool: encoding & BOOL != 0,
                    bits: 0,
                };
                tell(Shape::Int(int), set);
            }
            Definition::Typedef(TypeRef::Unnamed(unnamed))
                if matches!(**unnamed, Definition::Record(_)) =>
            {
                tell(Shape::Record(NameSpace::Typedef, name.to_owned()), set);
            }
            Definition::Typedef(of) => walk(kernels, of, &set, depth + 1, tell)?,
            _ => tell(Shape::Other, set),
        }
    }
    if !left.is_empty() {
        tell(Shape::Other, left);
    }
    Ok(())
}
