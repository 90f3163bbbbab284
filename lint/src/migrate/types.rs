//! The types of fields in generated bindings, with aliases and renamings of C's types resolved.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use syn::{Expr, ExprLit, FieldsNamed, Lit, Type};

use crate::front::rust::facts::Facts;
use crate::input::Owner;
use crate::input::manifest::Manifest;

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An integer or `bool`: its name in Rust.
    Int(&'static str),
    /// A pointer: whether it is `*mut`, and to what. `None`: to something that has no name here.
    Pointer(bool, Option<Box<Shape>>),
    /// An array of so many.
    Array(Box<Shape>, u64),
    /// A struct or union, by its name in the bindings.
    Record(String),
    /// `c_void`.
    Void,
    /// Anything else.
    Other,
}

/// The fields of a struct.
type Fields = Rc<HashMap<String, Shape>>;

/// Fields of the bindings, each struct parsed once.
#[derive(Debug)]
pub(super) struct Types<'a> {
    facts: &'a Facts,
    /// The error of aya's helpers: `i64` in aya-ebpf 0.1, `i32` since.
    pub(super) error: &'static str,
    parsed: RefCell<HashMap<String, Fields>>,
}

impl<'a> Types<'a> {
    pub(super) fn new(facts: &'a Facts, owner: &Owner) -> Self {
        let manifest = owner.manifest_path.as_deref().map(Manifest::read);
        let is_old = manifest.and_then(Result::ok).is_some_and(|manifest| {
            let version = manifest.version_of("aya-ebpf");
            manifest.depends_on("aya-bpf")
                || version.is_some_and(|version| version.starts_with("0.1"))
        });
        Self {
            facts,
            error: if is_old { "i64" } else { "i32" },
            parsed: RefCell::default(),
        }
    }

    /// The type of a field.
    pub(super) fn field(&self, record: &str, field: &str) -> Option<Shape> {
        let known = self.parsed.borrow().get(record).cloned();
        let fields = known.unwrap_or_else(|| {
            let fields = Rc::new(self.parse(record));
            self.parsed
                .borrow_mut()
                .insert(record.to_owned(), Rc::clone(&fields));
            fields
        });
        fields.get(field).cloned()
    }

    fn parse(&self, record: &str) -> HashMap<String, Shape> {
        let body = self.facts.structs.get(record).map(|record| &record.body);
        let fields = body.and_then(|body| syn::parse_str::<FieldsNamed>(body).ok());
        let fields = fields.into_iter().flat_map(|fields| fields.named);
        let shapes = fields.filter_map(|field| {
            let name = field.ident?.to_string();
            Some((name, self.shape(&field.ty, 0)))
        });
        shapes.collect()
    }

    /// A type as it is written, without aliases. `depth` ends circles of them.
    pub(super) fn shape(&self, ty: &Type, depth: usize) -> Shape {
        match ty {
            _ if depth > 16 => Shape::Other,
            Type::Paren(inner) => self.shape(&inner.elem, depth + 1),
            Type::Group(inner) => self.shape(&inner.elem, depth + 1),
            Type::Ptr(pointer) => {
                let to = match self.shape(&pointer.elem, depth + 1) {
                    Shape::Other => None,
                    to => Some(Box::new(to)),
                };
                Shape::Pointer(pointer.mutability.is_some(), to)
            }
            Type::Array(array) => match (self.shape(&array.elem, depth + 1), length(&array.len)) {
                (Shape::Other, _) | (_, None) => Shape::Other,
                (element, Some(length)) => Shape::Array(Box::new(element), length),
            },
            Type::Path(path) if path.qself.is_none() => {
                let Some(last) = path.path.segments.last() else {
                    return Shape::Other;
                };
                self.named(&last.ident.to_string(), depth)
            }
            _ => Shape::Other,
        }
    }

    fn named(&self, name: &str, depth: usize) -> Shape {
        if name == "c_void" {
            return Shape::Void;
        }
        if let Some(int) = int(name) {
            return Shape::Int(int);
        }
        if self.facts.structs.contains_key(name) {
            return Shape::Record(name.to_owned());
        }
        let alias = self.facts.aliases.get(name);
        match alias.and_then(|alias| syn::parse_str::<Type>(alias).ok()) {
            Some(alias) => self.shape(&alias, depth + 1),
            None => Shape::Other,
        }
    }

    /// The name of an error type that a failed read becomes by `?`.
    pub(super) fn is_errno(&self, ty: &Type) -> bool {
        matches!(self.shape(ty, 0), Shape::Int("i32" | "i64"))
    }
}

fn int(name: &str) -> Option<&'static str> {
    Some(match name {
        "u8" | "c_uchar" => "u8",
        "i8" | "c_schar" | "c_char" => "i8",
        "u16" | "c_ushort" => "u16",
        "i16" | "c_short" => "i16",
        "u32" | "c_uint" => "u32",
        "i32" | "c_int" => "i32",
        "u64" | "c_ulong" | "c_ulonglong" | "usize" => "u64",
        "i64" | "c_long" | "c_longlong" | "isize" => "i64",
        "bool" => "bool",
        _ => return None,
    })
}

/// The size of an integer.
fn size(int: &str) -> u32 {
    let digits = int.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().map_or(1, |bits: u32| bits / 8)
}

/// Whether bindgen made up the name of a struct.
pub(super) fn is_unnamed(name: &str) -> bool {
    name.contains("__bindgen_ty_")
}

fn length(length: &Expr) -> Option<u64> {
    match length {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        _ => None,
    }
}

impl Shape {
    /// The size of a value, if it is known.
    pub(super) fn bytes(&self) -> Option<u32> {
        match self {
            Self::Int(name) => Some(size(name)),
            Self::Pointer(..) => Some(8),
            Self::Array(element, length) => {
                element.bytes()?.checked_mul(u32::try_from(*length).ok()?)
            }
            Self::Record(_) | Self::Void | Self::Other => None,
        }
    }

    /// The type as source text. `None` if a field of it cannot be read whole.
    pub(super) fn text(&self) -> Option<String> {
        Some(match self {
            Self::Int(name) => (*name).to_owned(),
            Self::Pointer(mutable, to) => {
                let to = match to.as_deref()? {
                    Self::Record(name) => name.clone(),
                    Self::Void => "core::ffi::c_void".to_owned(),
                    to => to.text()?,
                };
                let word = if *mutable { "mut" } else { "const" };
                format!("*{word} {to}")
            }
            Self::Array(element, length) => match element.as_ref() {
                Self::Int(_) | Self::Array(..) => format!("[{}; {length}]", element.text()?),
                _ => return None,
            },
            Self::Record(_) | Self::Void | Self::Other => return None,
        })
    }

    /// What a read that failed gives in place of a value, if it gives zero: a call behind it.
    pub(super) fn zero(&self) -> Option<&'static str> {
        const LONGEST: u64 = 32;
        match self {
            Self::Int(_) => Some(".unwrap_or_default()"),
            Self::Array(element, length) => {
                let has_default = *length <= LONGEST && matches!(**element, Self::Int(_));
                has_default.then_some(".unwrap_or_default()")
            }
            Self::Pointer(true, _) => Some(".unwrap_or(core::ptr::null_mut())"),
            Self::Pointer(false, _) => Some(".unwrap_or(core::ptr::null())"),
            Self::Record(_) | Self::Void | Self::Other => None,
        }
    }

    /// Whether it is a struct without a name in the kernel, or an array of them.
    pub(super) fn is_unnamed(&self) -> bool {
        match self {
            Self::Record(name) => is_unnamed(name),
            Self::Array(element, _) => element.is_unnamed(),
            _ => false,
        }
    }

    /// Whether values of both have the same bits, so that one can be declared for the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => {
                size(one) == size(other) && (*one == "bool") == (*other == "bool")
            }
            (Self::Pointer(..), Self::Pointer(..)) => true,
            (Self::Array(one, length), Self::Array(other, of_other)) => {
                length == of_other && one.is_like(other)
            }
            (Self::Record(one), Self::Record(other)) => one == other,
            _ => false,
        }
    }
}
