//! The tree of a C program that the data flow walks. It has no conversions that the compiler adds,
//! and one node for each use of a libbpf macro.

use std::rc::Rc;
use std::sync::Arc;

use bpf_core_catalogue::Form;

use super::view::{Hop, MacroUse, Record};
use crate::known::Question;
use crate::span::Span;

/// A type behind its `typedef`s.
#[derive(Clone, Debug)]
pub(super) enum Ty {
    /// None, or one that nothing here asks for.
    Other,
    /// An integer of so many bytes.
    Int(u64),
    /// An enum, by its name.
    Enum(Rc<str>),
    Record(Rc<Record>),
    Pointer(Rc<Ty>),
    Array(Rc<Ty>),
}

impl Ty {
    pub(super) fn pointee(&self) -> Option<&Self> {
        match self {
            Self::Pointer(to) | Self::Array(to) => Some(to),
            _ => None,
        }
    }

    pub(super) fn record(&self) -> Option<&Rc<Record>> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The form in which a loader looks for a field of this type.
    pub(super) fn form(&self) -> Form {
        match self {
            Self::Other => Form::Other,
            Self::Int(_) => Form::Number,
            Self::Enum(name) => Form::Enum(name.to_string()),
            Self::Record(_) => Form::Record,
            Self::Pointer(_) => Form::Pointer,
            Self::Array(element) => Form::Array(Box::new(element.form())),
        }
    }

    pub(super) fn is_pointer(&self) -> bool {
        matches!(self, Self::Pointer(_) | Self::Array(_))
    }

    /// The bytes that pointer arithmetic counts in. Records have none here: their arrays are not
    /// fields.
    pub(super) fn step(&self) -> Option<i64> {
        match self {
            Self::Other => Some(1),
            Self::Int(size) => i64::try_from(*size).ok(),
            Self::Pointer(_) => Some(8),
            _ => None,
        }
    }
}

/// A variable or parameter.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: Rc<str>,
    pub(super) ty: Ty,
    pub(super) span: Span,
    /// What a constant is.
    pub(super) value: Option<i64>,
    /// Whether it is one of the whole file that the loader sets once: `const volatile` or `__kconfig`.
    pub(super) is_setting: bool,
}

/// A variable's index in the file's list.
pub(super) type VariableId = usize;

/// An expression or statement.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) ty: Ty,
    pub(super) span: Span,
    /// The outermost macro that it starts in, as the file has it.
    pub(super) from: Option<Rc<str>>,
}

pub(super) type Child = Box<Node>;

#[derive(Debug)]
pub(super) enum Kind {
    Int(i64),
    Variable(VariableId),
    Function,
    Enumerator {
        name: Rc<str>,
        of: Rc<str>,
        value: i64,
    },
    Member {
        base: Child,
        field: Rc<str>,
        arrow: bool,
        bits: bool,
        /// The byte of the struct that it begins at.
        byte: Option<u32>,
    },
    Index(Child, Child),
    Deref(Child),
    AddressOf(Child),
    Cast(Child),
    Unary(Unary, Child),
    Binary(Rc<str>, Child, Child),
    /// The operator is empty for `=`.
    Assign(Rc<str>, Child, Child),
    Choice(Child, Child, Child),
    Call {
        name: Rc<str>,
        args: Vec<Node>,
    },
    /// One of libbpf's reading macros.
    Read(Box<MacroRead>),
    /// A field that the compiler was told to relocate.
    Relocated(Child),
    /// `sizeof` of a type.
    SizeOf {
        of: Ty,
        value: Option<i64>,
    },
    /// `__builtin_offsetof`.
    OffsetOf {
        of: Option<Rc<Record>>,
        field: Rc<str>,
    },
    /// A question to the loader, such as `bpf_core_field_exists`.
    Question(Option<Rc<Question>>),
    /// A thing that the loader has to find, such as the field of `BPF_CORE_READ_BITFIELD`.
    Needed(Rc<Question>),
    Block(Vec<Node>),
    Declare(VariableId, Option<Child>),
    If(Child, Vec<Node>),
    Loop {
        parts: Vec<Node>,
        condition: Option<Child>,
        body: Child,
    },
    Switch(Child, Child),
    Case(Option<i64>, Vec<Node>),
    /// A place that `goto` leads to.
    Label(Vec<Node>),
    Return(Option<Child>),
    Goto,
    /// `break` or `continue`.
    Jump,
    Other(Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Step,
    Other,
}

/// `BPF_CORE_READ` and its kin.
#[derive(Debug)]
pub(super) struct MacroRead {
    /// The macro.
    pub(super) name: Rc<str>,
    /// What is read from.
    pub(super) source: Node,
    /// Each pointer's struct and the fields to the next pointer.
    pub(super) hops: Vec<Hop>,
    /// The indexes of elements on the way.
    pub(super) indexes: Vec<Node>,
    /// Whether the chain ends with an array.
    pub(super) is_array: bool,
    /// Where `_INTO` puts it.
    pub(super) into: Option<Node>,
}

impl MacroRead {
    /// The field that the chain ends with.
    pub(super) fn last_field(&self) -> &str {
        let path = self.hops.last().map_or("", |hop| hop.path.as_str());
        path.rsplit('.').next().unwrap_or(path)
    }

    pub(super) fn is_user(&self) -> bool {
        self.name.contains("_USER")
    }

    /// Whether it makes relocations.
    pub(super) fn is_relocated(&self) -> bool {
        self.name.starts_with("BPF_CORE_READ")
    }
}

/// A function with a body.
#[derive(Debug)]
pub(super) struct Function {
    /// As the program has it: `____name` of libbpf's macros is `name`.
    pub(super) name: Rc<str>,
    /// Its declaration, in front of the body.
    pub(super) span: Span,
    /// The section of `SEC("...")`.
    pub(super) section: Option<Rc<str>>,
    /// `BPF_PROG`, `BPF_KPROBE`, ... if one of them made it.
    pub(super) made_by: Option<Rc<str>>,
    pub(super) params: Vec<VariableId>,
    pub(super) body: Node,
}

/// All that is looked at.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) variables: Vec<Variable>,
    pub(super) functions: Vec<Function>,
    /// The texts of the files that were looked into.
    pub(super) sources: Vec<(Arc<str>, String)>,
    /// The structs and unions that the project declares, in the order of the text.
    pub(super) declared: Vec<Rc<Record>>,
    /// Uses of the project's macros.
    pub(super) macros: Vec<MacroUse>,
    /// The types of the kernel that the file implements (`SEC(".struct_ops")`).
    pub(super) struct_ops: Vec<Rc<str>>,
    /// Whether there was more than can be looked at.
    pub(super) is_cut: bool,
}

impl Tree {
    /// The text at a place.
    pub(super) fn text(&self, span: &Span) -> Option<&str> {
        self.source(span)?.get(span.range())
    }

    /// The text of the file that has a place.
    pub(super) fn source(&self, span: &Span) -> Option<&str> {
        let path = span.source.path();
        let mut sources = self.sources.iter();
        let (_, text) = sources.find(|(name, _)| name.as_ref() == path)?;
        Some(text)
    }
}

impl Tree {
    /// The word that begins at a place.
    pub(super) fn word(&self, span: &Span) -> Option<&str> {
        let path = span.source.path();
        let mut sources = self.sources.iter();
        let (_, text) = sources.find(|(name, _)| name.as_ref() == path)?;
        let rest = text.get(span.range().start..)?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        Some(&rest[..end.unwrap_or(rest.len())])
    }
}

impl Node {
    /// The node without casts.
    pub(super) fn bare(&self) -> &Self {
        match &self.kind {
            Kind::Cast(inner) | Kind::Relocated(inner) => inner.bare(),
            _ => self,
        }
    }

    /// The number that a constant expression is, such as `KERNEL_VERSION(6, 9, 0)`.
    pub(super) fn constant(&self) -> Option<i64> {
        match &self.kind {
            Kind::Int(value) | Kind::Enumerator { value, .. } => Some(*value),
            Kind::Cast(inner) => inner.constant(),
            Kind::Choice(condition, yes, no) => match condition.constant()? {
                0 => no.constant(),
                _ => yes.constant(),
            },
            Kind::Binary(operator, left, right) => {
                let (a, b) = (left.constant()?, right.constant()?);
                match &**operator {
                    "+" => a.checked_add(b),
                    "|" => Some(a | b),
                    "*" => a.checked_mul(b),
                    "<<" => a.checked_shl(u32::try_from(b).ok()?),
                    ">" => Some(i64::from(a > b)),
                    "<" => Some(i64::from(a < b)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Calls `visit` for this node and all below it, outer first. Without recursion: an expression
    /// may be as deep as it is long.
    pub(super) fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        let mut left = vec![self];
        while let Some(node) = left.pop() {
            visit(node);
            let at = left.len();
            node.children(&mut |child| left.push(child));
            left[at..].reverse();
        }
    }

    /// Calls `visit` for the nodes right below.
    pub(super) fn children<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        match &self.kind {
            Kind::Int(_)
            | Kind::Variable(_)
            | Kind::Function
            | Kind::Enumerator { .. }
            | Kind::SizeOf { .. }
            | Kind::OffsetOf { .. }
            | Kind::Goto
            | Kind::Jump
            | Kind::Needed(_)
            | Kind::Question(_) => {}
            Kind::Member { base: one, .. }
            | Kind::Deref(one)
            | Kind::AddressOf(one)
            | Kind::Cast(one)
            | Kind::Unary(_, one)
            | Kind::Relocated(one) => visit(one),
            Kind::Index(a, b)
            | Kind::Binary(_, a, b)
            | Kind::Assign(_, a, b)
            | Kind::Switch(a, b) => {
                visit(a);
                visit(b);
            }
            Kind::Choice(a, b, c) => [a, b, c].into_iter().for_each(|one| visit(one)),
            Kind::Call { args: all, .. } | Kind::Block(all) | Kind::Other(all) => {
                all.iter().for_each(visit);
            }
            Kind::Case(_, all) | Kind::Label(all) => all.iter().for_each(visit),
            Kind::Read(read) => {
                visit(&read.source);
                read.indexes.iter().for_each(&mut *visit);
                read.into.iter().for_each(visit);
            }
            Kind::Declare(_, one) | Kind::Return(one) => one.iter().for_each(|one| visit(one)),
            Kind::If(condition, branches) => {
                visit(condition);
                branches.iter().for_each(visit);
            }
            Kind::Loop {
                parts,
                condition,
                body,
            } => {
                parts.iter().for_each(&mut *visit);
                condition.iter().for_each(|one| visit(one));
                visit(body);
            }
        }
    }
}
