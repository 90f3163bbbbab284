//! A definition: a named type, function or variable of a kernel, apart from the BTF that it came in.
//!
//! Named types refer to each other by name, never by number. So two kernels that define a type alike
//! have equal definitions, and a catalogue keeps one.

/// The kinds of definition. Each has names of its own, as in C: `struct foo` and `foo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NameSpace {
    /// `BTF_KIND_INT`.
    Int,
    /// `BTF_KIND_FLOAT`.
    Float,
    /// `BTF_KIND_STRUCT`.
    Struct,
    /// `BTF_KIND_UNION`.
    Union,
    /// `BTF_KIND_ENUM` and `BTF_KIND_ENUM64`.
    Enum,
    /// `BTF_KIND_TYPEDEF`.
    Typedef,
    /// `BTF_KIND_FUNC`.
    Function,
    /// `BTF_KIND_VAR`.
    Variable,
    /// A symbol of `/proc/kallsyms`.
    Symbol,
    /// An option of the configuration: `CONFIG_KPROBES`.
    Config,
    /// A set of BTF ids, such as `bpf_lsm_disabled_hooks`.
    IdSet,
}

impl NameSpace {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Int,
        Self::Float,
        Self::Struct,
        Self::Union,
        Self::Enum,
        Self::Typedef,
        Self::Function,
        Self::Variable,
        Self::Symbol,
        Self::Config,
        Self::IdSet,
    ];

    /// Whether it names types.
    pub fn is_of_types(self) -> bool {
        self.region() == Region::Types
    }

    /// The part of a catalogue that has it.
    pub(crate) fn region(self) -> Region {
        match self {
            Self::Function | Self::Variable | Self::Symbol => Region::Code,
            Self::Config | Self::IdSet => Region::Build,
            _ => Region::Types,
        }
    }

    pub(crate) fn from_raw(raw: u8) -> Option<Self> {
        Self::ALL.get(usize::from(raw)).copied()
    }
}

/// Parts of a catalogue: an answer needs one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Region {
    /// Types.
    Types,
    /// Functions, variables and symbols.
    Code,
    /// How the kernel was built.
    Build,
}

impl Region {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 3] = [Self::Types, Self::Code, Self::Build];

    pub(crate) fn from_raw(raw: u8) -> Option<Self> {
        Self::ALL.get(usize::from(raw)).copied()
    }
}

/// What a name stands for in a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definition {
    /// A struct or union, complete.
    Record(Record),
    /// An enum.
    Enum(Enum),
    /// An integer.
    Int {
        /// Size in bytes.
        size: u32,
        /// `BTF_INT_*` flags.
        encoding: u8,
        /// Width in bits.
        bits: u8,
    },
    /// A floating-point number, by its size in bytes.
    Float(u32),
    /// Another name of a type.
    Typedef(TypeRef),
    /// A function.
    Function {
        /// `enum btf_func_linkage`.
        linkage: u32,
        /// Its prototype.
        prototype: Prototype,
        /// Its declaration tags, such as `bpf_kfunc`.
        tags: Vec<String>,
    },
    /// A variable.
    Variable {
        /// `BTF_VAR_*`.
        linkage: u32,
        /// Its type.
        type_ref: TypeRef,
    },
    /// A symbol.
    Symbol(SymbolKind),
    /// The value of an option: `y`, `m`, a number, a string in its quotes.
    Config(String),
    /// A function in a set of BTF ids, by its name.
    IdSet(String),
}

/// What is at a symbol's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum SymbolKind {
    /// Code.
    Code,
    /// Code, and another function of the kernel has the same name.
    SharedName,
    /// Code in a section where kprobes are refused: `.kprobes.text`, `.noinstr.text`, `.entry.text`.
    Unprobeable,
    /// Code that is freed once the kernel has booted.
    Init,
    /// Data.
    Data,
}

impl SymbolKind {
    pub(crate) fn from_raw(raw: u8) -> Option<Self> {
        use SymbolKind::{Code, Data, Init, SharedName, Unprobeable};
        [Code, SharedName, Unprobeable, Init, Data]
            .get(usize::from(raw))
            .copied()
    }
}

/// A struct or union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whether it is a union.
    pub is_union: bool,
    /// Size in bytes.
    pub size: u32,
    /// Its members in declared order.
    pub members: Vec<Member>,
}

/// A member of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name; empty for an unnamed struct or union.
    pub name: String,
    /// Offset in bits from the start of the record.
    pub bit_offset: u32,
    /// Width in bits of a bit-field; 0 for other members.
    pub bitfield_size: u8,
    /// Its type.
    pub type_ref: TypeRef,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Size in bytes.
    pub size: u32,
    /// Whether it is a `BTF_KIND_ENUM64`.
    pub is_wide: bool,
    /// Whether its values are signed.
    pub is_signed: bool,
    /// Names and values in declared order. Values are as [`bpf_core_btf::Enumerator`] gives them.
    pub enumerators: Vec<(String, u64)>,
}

/// A function's prototype.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// The type of the result.
    pub result: TypeRef,
    /// Names and types of the parameters; the last type is void for `...`.
    pub parameters: Vec<(String, TypeRef)>,
}

/// How a definition refers to a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// `void`.
    Void,
    /// A definition by its name.
    Named {
        /// Its name space.
        space: NameSpace,
        /// Its name.
        name: String,
        /// Which one, where a kernel has several of that name and the reference is not behind a
        /// pointer: the hash of its body.
        which: Option<u64>,
    },
    /// A type that the kernel declares and does not define.
    Forward {
        /// Whether it is a union.
        is_union: bool,
        /// Its name.
        name: String,
    },
    /// A pointer.
    Pointer(Box<TypeRef>),
    /// `const`, `volatile` or `restrict`.
    Qualified(Qualifier, Box<TypeRef>),
    /// A type tag, such as `user` or `percpu`.
    Tagged(String, Box<TypeRef>),
    /// An array.
    Array {
        /// The type of an element.
        element: Box<TypeRef>,
        /// The number of elements; 0 for a flexible array.
        len: u32,
    },
    /// A function that is pointed to.
    Prototype(Box<Prototype>),
    /// A record or enum without a name.
    Unnamed(Box<Definition>),
}

/// The qualifiers of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    /// `const`
    Const,
    /// `volatile`
    Volatile,
    /// `restrict`
    Restrict,
}
