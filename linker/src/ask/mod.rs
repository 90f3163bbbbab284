//! What a relocation asks for, in names: kind, type, members, enumerator.
//!
//! The same question has four forms on its way: the descriptor of a marker, the call of an intrinsic, LLVM's
//! global, and the record of an object. An [`Ask`] can be made of each, so the linker can compare them.

pub(crate) mod asked;
pub(crate) mod declaration;
pub(crate) mod descriptor;
pub(crate) mod foreign;
pub(crate) mod intrinsic;
pub(crate) mod marker;
pub(crate) mod prototype;
pub(crate) mod request;

use std::fmt;

use bpf_core_btf::{Btf, CoreRelo, CoreReloKind, Kind, Type, TypeId, essential_name};

use crate::ask::{
    declaration::Declaration,
    request::{Enum, EnumeratorAsk, Named, Record, Request, Step as Requested, TypeAsk},
};
use crate::ir::metadata::{Node, Tag};

/// What one relocation asks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Ask {
    /// As in the record.
    kind: u32,
    /// `struct task_struct`
    root: String,
    path: Vec<Step>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Step {
    /// The member that is called so, be it in an unnamed struct or union.
    Member(String),
    Element(u32),
    Enumerator(String),
}

/// Where a path is, in debug info: a type, or what is left of an array's dimensions.
#[derive(Clone, Copy)]
struct Place<'m> {
    of: Node<'m>,
    dimension: usize,
}

impl Ask {
    /// A question about a type as a whole.
    pub(crate) fn about_type(kind: CoreReloKind, of: Node<'_>) -> Self {
        Self {
            kind: kind as u32,
            root: type_text(Some(of)),
            path: Vec::new(),
        }
    }

    /// A question about an enumerator.
    pub(crate) fn about_enumerator(kind: CoreReloKind, of: Node<'_>, name: &[u8]) -> Self {
        Self {
            path: vec![Step::Enumerator(lossy(name))],
            ..Self::about_type(kind, of)
        }
    }

    /// The question of a global, by its type, its kind and its access string.
    pub(crate) fn of_global(of: Node<'_>, kind: u32, access: &str) -> Option<Self> {
        let known = CoreReloKind::from_raw(kind)?;
        let asked = Self::about_type(known, of);
        if known.is_type_based() {
            return Some(asked);
        }
        let indices = indices(access)?;
        let (&first, rest) = indices.split_first()?;
        if known.is_enumval_based() {
            let enumerator = strip(of)?.elements().get(first as usize).copied()??;
            return Some(Self::about_enumerator(known, of, enumerator.enumerator()?));
        }
        asked.with_path(of, first, rest)
    }

    /// A question about the field that a path leads to, from the value number `first` of type `root`.
    pub(crate) fn about_field(
        kind: CoreReloKind,
        root: Node<'_>,
        first: u32,
        rest: &[u32],
    ) -> Option<Self> {
        Self::about_type(kind, root).with_path(root, first, rest)
    }

    fn with_path(mut self, root: Node<'_>, first: u32, rest: &[u32]) -> Option<Self> {
        self.path
            .extend((first != 0).then_some(Step::Element(first)));
        let mut here = Place {
            of: root,
            dimension: 0,
        };
        for index in rest {
            here = self.step(here, *index)?;
        }
        Some(self)
    }

    fn step<'m>(&mut self, here: Place<'m>, index: u32) -> Option<Place<'m>> {
        let of = strip(here.of)?;
        if of.tag() == Tag::Array {
            self.path.push(Step::Element(index));
            let dimension = here.dimension + 1;
            return if dimension < of.elements().len() {
                Some(Place { of, dimension })
            } else {
                Some(Place {
                    of: of.base()?,
                    dimension: 0,
                })
            };
        }
        let member = of.elements().get(index as usize).copied()??;
        if let Some(name) = member.name() {
            self.path.push(Step::Member(lossy(name)));
        }
        Some(Place {
            of: member,
            dimension: 0,
        })
    }

    /// The question of a record.
    pub(crate) fn of_record(btf: &Btf<'_>, record: &CoreRelo<'_>) -> Option<Self> {
        let mut asked = Self {
            kind: record.kind as u32,
            root: btf_text(btf, record.type_id),
            path: Vec::new(),
        };
        if record.kind.is_type_based() {
            return Some(asked);
        }
        let indices = indices(record.access)?;
        let (&first, rest) = indices.split_first()?;
        let mut here = btf.skip_mods_and_typedefs(record.type_id)?;
        if record.kind.is_enumval_based() {
            let enumerator = here.enumerators().get(first as usize)?;
            asked
                .path
                .push(Step::Enumerator(enumerator.name.to_owned()));
            return Some(asked);
        }
        asked
            .path
            .extend((first != 0).then_some(Step::Element(first)));
        for index in rest {
            here = asked.step_in_btf(btf, here, *index)?;
        }
        Some(asked)
    }

    fn step_in_btf<'b>(
        &mut self,
        btf: &'b Btf<'_>,
        here: Type<'_>,
        index: u32,
    ) -> Option<Type<'b>> {
        let next = if let Some(array) = here.array() {
            self.path.push(Step::Element(index));
            array.element
        } else {
            let member = here.members().get(index as usize)?;
            if !member.name.is_empty() {
                self.path.push(Step::Member(member.name.to_owned()));
            }
            member.type_id
        };
        btf.skip_mods_and_typedefs(next)
    }

    /// Whether this is what a descriptor asks for. The local type may be another flavour.
    pub(crate) fn answers(&self, request: &Request) -> bool {
        let wanted = Self::of_request(request);
        let essential = |root: &str| match root.split_once(' ') {
            Some((word, name)) => format!("{word} {}", essential_name(name)),
            None => root.to_owned(),
        };
        self.kind == wanted.kind
            && self.path == wanted.path
            && essential(&self.root) == essential(&wanted.root)
    }

    fn of_request(request: &Request) -> Self {
        let (kind, root) = match request {
            Request::Field { ask, root, .. } => (*ask as u32, record_text(root)),
            Request::Type { ask, of } => (
                match ask {
                    TypeAsk::IdLocal => CoreReloKind::TypeIdLocal,
                    TypeAsk::IdTarget => CoreReloKind::TypeIdTarget,
                    TypeAsk::Exists => CoreReloKind::TypeExists,
                    TypeAsk::Size => CoreReloKind::TypeSize,
                } as u32,
                match of {
                    Named::Record(of) => record_text(of),
                    Named::Enum(of) => enum_text(of),
                },
            ),
            Request::Match(of) => (
                CoreReloKind::TypeMatches as u32,
                match of {
                    Declaration::Record(of, _) => record_text(of),
                    Declaration::Enum(of, _) => enum_text(of),
                    // A descriptor names no other type here.
                    _ => String::new(),
                },
            ),
            Request::Enumerator { ask, of, .. } => (
                match ask {
                    EnumeratorAsk::Exists => CoreReloKind::EnumvalExists,
                    EnumeratorAsk::Value => CoreReloKind::EnumvalValue,
                } as u32,
                enum_text(of),
            ),
        };
        let path = match request {
            Request::Field { path, .. } => path
                .iter()
                .map(|step| match step {
                    Requested::Member(name, _) => Step::Member(name.clone()),
                    Requested::Element(index) => Step::Element(*index),
                })
                .collect(),
            Request::Enumerator { name, .. } => vec![Step::Enumerator(name.clone())],
            Request::Type { .. } | Request::Match(_) => Vec::new(),
        };
        Self { kind, root, path }
    }
}

fn record_text(of: &Record) -> String {
    let word = match of {
        Record { typedef: true, .. } => "typedef",
        Record { union: true, .. } => "union",
        Record { .. } => "struct",
    };
    format!("{word} {}", of.name)
}

fn enum_text(of: &Enum) -> String {
    format!("enum {}", of.name)
}

/// How many types deep a text goes.
const DEEPEST: u32 = 16;

/// A type of debug info in words. BTF may have qualifiers in another order, so they are left out.
fn type_text(of: Option<Node<'_>>) -> String {
    let mut text = String::new();
    let mut here = of;
    for _ in 0..DEEPEST {
        let Some(of) = here else {
            return text + "void";
        };
        let name = lossy(of.name().unwrap_or_default());
        match of.tag() {
            Tag::Struct => return text + "struct " + &name,
            Tag::Union => return text + "union " + &name,
            Tag::Enum => return text + "enum " + &name,
            Tag::Typedef => return text + "typedef " + &name,
            Tag::Pointer => text.push('*'),
            Tag::Array => text.extend(of.elements().iter().map(|_| "[]")),
            Tag::Qualifier | Tag::Member => {}
            Tag::Other => return text + &name,
        }
        here = of.base();
    }
    text
}

/// The same of a type of BTF.
fn btf_text(btf: &Btf<'_>, id: TypeId) -> String {
    let mut text = String::new();
    let mut here = id;
    for _ in 0..DEEPEST {
        let Some(of) = btf.type_by_id(here).filter(|_| here != TypeId::VOID) else {
            return text + "void";
        };
        let name = of.name();
        match of.kind() {
            Kind::Struct => return text + "struct " + name,
            Kind::Union => return text + "union " + name,
            Kind::Fwd if of.kind_flag() => return text + "union " + name,
            Kind::Fwd => return text + "struct " + name,
            Kind::Enum | Kind::Enum64 => return text + "enum " + name,
            Kind::Typedef => return text + "typedef " + name,
            Kind::Ptr => text.push('*'),
            Kind::Array => text.push_str("[]"),
            Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => {}
            _ => return text + name,
        }
        let next = of.array().map(|array| array.element).or(of.referenced());
        here = next.unwrap_or(TypeId::VOID);
    }
    text
}

/// Without typedefs and qualifiers.
pub(crate) fn strip(of: Node<'_>) -> Option<Node<'_>> {
    let mut here = of;
    while matches!(here.tag(), Tag::Typedef | Tag::Qualifier | Tag::Member) {
        here = here.base()?;
    }
    Some(here)
}

fn indices(access: &str) -> Option<Vec<u32>> {
    access.split(':').map(|index| index.parse().ok()).collect()
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match CoreReloKind::from_raw(self.kind) {
            Some(kind) => write!(f, "`{kind} {}", self.root)?,
            None => write!(f, "`kind {} {}", self.kind, self.root)?,
        }
        for step in &self.path {
            match step {
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Element(index) => write!(f, "[{index}]")?,
                Step::Enumerator(name) => write!(f, "::{name}")?,
            }
        }
        f.write_str("`")
    }
}
