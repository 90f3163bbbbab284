//! The places of a crate that read a struct of the bindings: those that can be rewritten, and those that
//! are left, with the reason.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use syn::{Expr, GenericArgument, PathArguments, Type};

use super::around::{Source, Way};
use super::ending;
use super::path::{self, Access};
use super::types::{Shape, Types};
use crate::front::facts::Space;
use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Function, How, Origin, Place, Read};

/// A place to rewrite.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) path: Arc<str>,
    /// What is replaced, with an `unsafe` block around it alone.
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// The fields that it goes through.
    pub(super) fields: Vec<Field>,
    /// What is read.
    pub(super) value: Shape,
}

/// A field of a struct, by the kernel's names.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// The struct, as it is declared.
    pub(super) of: String,
    /// How it is asked for: by its name, or as a field of another one if the kernel gives it none.
    pub(super) asked: String,
    pub(super) name: String,
    /// Its type in the bindings. `None` without bindings: it is declared as the kernels have it.
    pub(super) shape: Option<Shape>,
}

impl Field {
    /// A field without bindings.
    pub(super) fn of_kernel(of: &str, name: &str) -> Self {
        Self {
            of: of.to_owned(),
            asked: of.to_owned(),
            name: name.to_owned(),
            shape: None,
        }
    }
}

pub(super) const INTO_BUFFER: &str =
    "it is read into a buffer: write `core_read_str!` or `core_read_into!`";
const NO_ERRNO: &str = "a read may fail, and the function around returns no errno";
pub(super) const AS_USER: &str = "it is read as user memory";

/// A place that is left.
#[derive(Clone, Debug)]
pub(super) struct Left {
    pub(super) path: Arc<str>,
    pub(super) at: usize,
    pub(super) owner: String,
    pub(super) fields: String,
    pub(super) why: String,
    /// What is read there, if that is known.
    pub(super) value: Option<Shape>,
}

/// The places of a crate.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) sites: Vec<Site>,
    pub(super) left: Vec<Left>,
}

impl Sites {
    /// Adds places that read by literal offsets. Without one root of the crate, there is no place for their
    /// declarations.
    pub(super) fn add(&mut self, literal: Sites, has_root: bool) {
        self.left.extend(literal.left);
        for site in literal.sites {
            let overlaps = |other: &Site| {
                let apart =
                    site.range.end <= other.range.start || other.range.end <= site.range.start;
                other.path == site.path && !apart
            };
            let why = match has_root {
                false => {
                    "the package has no `src/main.rs` or `src/lib.rs`, or both: where the module goes is not known"
                }
                true if self.sites.iter().any(overlaps) => {
                    "it is inside of another place that is rewritten: read it into a variable first"
                }
                true => {
                    self.sites.push(site);
                    continue;
                }
            };
            self.left.push(site.left(why.to_owned()));
        }
    }
}

impl Site {
    /// The place as one that is left.
    pub(super) fn left(self, why: String) -> Left {
        let owner = self.fields.first().map(|field| field.of.clone());
        let names = self.fields.iter().map(|field| field.name.as_str());
        Left {
            fields: names.collect::<Vec<_>>().join("."),
            owner: owner.unwrap_or_default(),
            path: self.path,
            at: self.range.start,
            why,
            value: Some(self.value),
        }
    }
}

/// Finds them. `texts` are the sources by path. `keeps_zeros`: a failed read may give 0.
pub(super) fn find(
    krate: &Crate,
    types: &Types<'_>,
    texts: &HashMap<Arc<str>, Source<'_>>,
    keeps_zeros: bool,
) -> Sites {
    let mut found = Sites::default();
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(source) = texts.get(&function.path) else {
            continue;
        };
        let places = function.places.iter().enumerate();
        let places = places.filter(|(_, place)| is_frozen(krate, index, place));
        let mut places: Vec<(usize, &Place)> = places.collect();
        // The place around comes before those inside it.
        places.sort_by_key(|(_, place)| (place.span.start, std::cmp::Reverse(place.span.end)));
        for (number, place) in places {
            let inside = |site: &Site| {
                site.path == function.path
                    && site.range.start <= place.span.start
                    && place.span.end <= site.range.end
            };
            if found.sites.iter().any(inside) {
                continue;
            }
            let reads = &mut function.reads.iter();
            let read = reads.find(|read| read.source.place == Some(number));
            let seeker = Seeker {
                krate,
                types,
                source,
                function,
                keeps_zeros,
            };
            match seeker.site(place, read) {
                Ok(site) => found.sites.push(site),
                Err(why) => found.left.push(Left {
                    path: Arc::clone(&function.path),
                    at: place.span.start,
                    owner: place.owner.clone(),
                    fields: place.fields.clone(),
                    why,
                    value: value(types, place),
                }),
            }
        }
    }
    found
}

/// Whether a place is a kernel's, by a struct of the bindings.
fn is_frozen(krate: &Crate, function: usize, place: &Place) -> bool {
    let is_binding = krate.facts.kind(&place.owner, place.bound) == StructKind::Binding;
    let origin = krate.origin(function, &place.base);
    is_binding && !matches!(origin, Origin::Local | Origin::Map | Origin::User)
}

/// The type of a place.
fn value(types: &Types<'_>, place: &Place) -> Option<Shape> {
    let mut shape = Shape::Record(place.owner.clone());
    for field in place.fields.split('.').filter(|field| !field.is_empty()) {
        let Shape::Record(record) = &shape else {
            return None;
        };
        shape = types.field(record, field)?;
    }
    Some(shape)
}

/// Looks at the places of one function.
pub(super) struct Seeker<'a> {
    pub(super) krate: &'a Crate,
    pub(super) types: &'a Types<'a>,
    pub(super) source: &'a Source<'a>,
    pub(super) function: &'a Function,
    /// Whether a read that fails may give 0, as the load did before.
    keeps_zeros: bool,
}

impl Seeker<'_> {
    fn site(&self, place: &Place, read: Option<&Read>) -> Result<Site, String> {
        if !self.krate.facts.structs.contains_key(&place.owner) {
            return Err(
                "its bindings are not in this package: generate them first, if a build makes them"
                    .to_owned(),
            );
        }
        match (place.how, read) {
            (How::Store, _) => Err("it is written".to_owned()),
            (How::Method, _) => Err("it is a bit-field: declare it `#[core(bitfield)]`".to_owned()),
            (How::Whole, _) => Err("the whole struct is read: read its fields".to_owned()),
            (How::OffsetOf, _) => Err("`offset_of!` gives a number: read the field".to_owned()),
            (How::Address, None) => self.address(place),
            (How::Address, Some(read)) if read.fills => Err(INTO_BUFFER.to_owned()),
            (How::Address, Some(read)) if read.space == Space::User => Err(AS_USER.to_owned()),
            (How::Address, Some(read)) => self.read(place, read),
            (How::Load, _) => self.load(place),
        }
    }

    pub(super) fn text(&self, range: &Range<usize>) -> Result<&str, String> {
        let text = self.source.text.get(range.clone());
        text.ok_or_else(|| "its place is not found".to_owned())
    }

    /// `bpf_probe_read_kernel(&(*task).pid)`
    fn read(&self, place: &Place, read: &Read) -> Result<Site, String> {
        let text = self.text(&read.span)?;
        let Ok(Expr::Call(call)) = syn::parse_str::<Expr>(text) else {
            return Err("the call around it is not understood".to_owned());
        };
        let mut casts = Vec::new();
        let inner = call
            .args
            .first()
            .and_then(|arg| path::addressed(arg, &mut casts));
        let inner = inner.ok_or("its address is not taken where it is read")?;
        let access = path::access(&inner)?;
        let base = access.pointer(text).ok_or("its pointer is not found")?;
        let (path, fields, value) = self.readable(&place.owner, &access)?;
        let wanted = casts.iter().filter_map(|cast| match cast {
            Type::Ptr(pointer) => Some(&*pointer.elem),
            _ => None,
        });
        for ty in wanted.chain(turbofish(&call.func)) {
            if !matches!(ty, Type::Infer(_)) && self.types.shape(ty, 0) != value {
                return Err("it is read as another type than it has".to_owned());
            }
        }
        let (range, error) = ending::of(
            self.source,
            (self.types, self.types.error),
            &read.span,
            access.may_be_unsafe,
        );
        Ok(Site {
            path: Arc::clone(&self.function.path),
            range,
            text: format!("bpf_core::core_read!({base}, {path}){error}"),
            fields,
            value,
        })
    }

    /// `(*task).pid`
    fn load(&self, place: &Place) -> Result<Site, String> {
        let text = self.text(&place.span)?;
        let Ok(expression) = syn::parse_str::<Expr>(text) else {
            return Err("the expression is not understood".to_owned());
        };
        let access = path::access(&expression)?;
        let base = access.pointer(text).ok_or("its pointer is not found")?;
        // The struct that the path starts from is that of its first place.
        let owner = self.owner(place, &access)?;
        let (path, fields, value) = self.readable(&owner, &access)?;
        let ending = match self.source.way(place.span.start, self.types) {
            Way::Errno => "?",
            Way::Option => ".ok()?",
            // A read through a null pointer fails, and says so.
            Way::Shut if self.keeps_zeros || matches!(value, Shape::Pointer(..)) => {
                value.zero().ok_or(NO_ERRNO)?
            }
            Way::Shut => return Err(NO_ERRNO.to_owned()),
        };
        let range = match access.may_be_unsafe {
            true => place.span.clone(),
            false => ending::without_unsafe(self.source, &place.span).0,
        };
        Ok(Site {
            path: Arc::clone(&self.function.path),
            range,
            text: format!("bpf_core::core_read!({base}, {path}){ending}"),
            fields,
            value,
        })
    }

    /// `&raw const (*file).f_path`, or `&(*file).f_path as *const _`
    fn address(&self, place: &Place) -> Result<Site, String> {
        const LEFT: &str = "its address is used without a read";
        let taken = self.source.address_of(&place.span).ok_or(LEFT)?;
        let text = self.text(&place.span)?;
        let expression = syn::parse_str::<Expr>(text).map_err(|_| LEFT)?;
        let access = path::access(&expression)?;
        let base = access.pointer(text).ok_or("its pointer is not found")?;
        if access.hops.len() > 1 {
            return Err(LEFT.to_owned());
        }
        let (path, fields, value) = self.resolve(&place.owner, &access)?;
        let has_structs = matches!(value, Shape::Array(..)) && value.text().is_none();
        if has_structs || matches!(value, Shape::Void | Shape::Other) || value.is_unnamed() {
            return Err(LEFT.to_owned());
        }
        let ending = match self.source.way(place.span.start, self.types) {
            Way::Errno => "?",
            Way::Option => ".ok()?",
            // Without a pointer on the way it does not fail.
            Way::Shut => ".unwrap_or(core::ptr::null())",
        };
        let range = match access.may_be_unsafe {
            true => taken.range,
            false => ending::without_unsafe(self.source, &taken.range).0,
        };
        let mutable = if taken.is_mut { ".cast_mut()" } else { "" };
        Ok(Site {
            path: Arc::clone(&self.function.path),
            range,
            text: format!("bpf_core::core_field_ptr!({base}, {path}){ending}{mutable}"),
            fields,
            value: Shape::Pointer(taken.is_mut, Some(Box::new(value))),
        })
    }

    /// The struct behind the first pointer of a path.
    fn owner(&self, place: &Place, access: &Access) -> Result<String, String> {
        if access.hops.len() == 1 {
            return Ok(place.owner.clone());
        }
        let start = place.span.start + access.base.start;
        let mut inner = self.function.places.iter().filter(|other| {
            let is_inside =
                place.span.start <= other.span.start && other.span.end <= place.span.end;
            is_inside && other.span != place.span && other.span.start <= start
        });
        let first = inner.next().ok_or("its first pointer is not followed")?;
        // The innermost one.
        let first = inner.fold(first, |one, other| {
            if other.span.len() < one.span.len() {
                other
            } else {
                one
            }
        });
        Ok(first.owner.clone())
    }
}

pub(super) fn turbofish(function: &Expr) -> Option<&Type> {
    let Expr::Path(path) = function else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}
