//! The types of Rust values, as far as rules ask for them.

use syn::{GenericArgument, PathArguments, Type};

/// A type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ty {
    /// Not known.
    #[default]
    Unknown,
    /// A number of so many bytes.
    Int(u8),
    /// `c_void`, `()` and the like.
    Void,
    /// A raw pointer or a reference.
    Ptr(Box<Ty>),
    /// An array or a slice.
    Array(Box<Ty>),
    /// A type with a name: the last word of its path, and whether the path leads through a module
    /// of generated bindings.
    Named(String, bool),
}

impl Ty {
    /// The type that is written in the source. `Option<T>` and `Result<T, _>` count as `T`.
    pub(crate) fn of(ty: &Type) -> Self {
        match ty {
            Type::Ptr(ptr) => Self::ptr(Self::of(&ptr.elem)),
            Type::Reference(reference) => Self::ptr(Self::of(&reference.elem)),
            Type::Array(array) => Self::Array(Box::new(Self::of(&array.elem))),
            Type::Slice(slice) => Self::Array(Box::new(Self::of(&slice.elem))),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Group(group) => Self::of(&group.elem),
            Type::Tuple(tuple) if tuple.elems.is_empty() => Self::Void,
            Type::Path(path) => Self::of_path(&path.path),
            _ => Self::Unknown,
        }
    }

    pub(crate) fn ptr(to: Self) -> Self {
        Self::Ptr(Box::new(to))
    }

    fn of_path(path: &syn::Path) -> Self {
        let Some(last) = path.segments.last() else {
            return Self::Unknown;
        };
        let name = last.ident.to_string();
        let size = match name.as_str() {
            "u8" | "i8" | "c_char" | "c_uchar" | "c_schar" => 1,
            "u16" | "i16" | "c_short" | "c_ushort" => 2,
            "u32" | "i32" | "c_int" | "c_uint" | "f32" | "char" => 4,
            "u64" | "i64" | "usize" | "isize" | "c_long" | "c_ulong" | "c_longlong"
            | "c_ulonglong" => 8,
            "u128" | "i128" => 16,
            "c_void" => return Self::Void,
            "Option" | "Result" | "MaybeUninit" | "ManuallyDrop" => {
                return argument(&last.arguments).map_or(Self::Unknown, |ty| Self::of(&ty));
            }
            // `NonNull<T>`, and the pointers of `bpf_core`.
            "NonNull" | "UserPtr" | "TrustedPtr" | "TrustedMut" | "CastPtr" => {
                return argument(&last.arguments)
                    .map_or(Self::Unknown, |ty| Self::ptr(Self::of(&ty)));
            }
            "_" | "Self" => return Self::Unknown,
            _ => {
                let mut path = path.segments.iter();
                let bound = path.any(|part| part.ident == "vmlinux" || part.ident == "bindings");
                return Self::Named(name, bound);
            }
        };
        Self::Int(size)
    }

    /// What a pointer points to.
    #[must_use]
    pub fn pointee(&self) -> Option<&Self> {
        match self {
            Self::Ptr(to) => Some(to),
            _ => None,
        }
    }

    /// The name of the struct that a pointer points to.
    #[must_use]
    pub fn points_to(&self) -> Option<&str> {
        match self.pointee()? {
            Self::Named(name, _) => Some(name),
            _ => None,
        }
    }

    /// The size of a number.
    #[must_use]
    pub fn size(&self) -> Option<i64> {
        match self {
            Self::Int(size) => Some(i64::from(*size)),
            Self::Ptr(_) => Some(8),
            Self::Void => Some(1),
            _ => None,
        }
    }
}

/// The first type argument.
pub(crate) fn argument(arguments: &PathArguments) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}
