//! What the rules see of a C file: facts with their places, no syntax.

use crate::span::Span;

/// The facts of a file and of the project's headers that it includes.
#[derive(Debug, Default)]
pub struct View {
    /// Constants added to kernel pointers.
    pub offsets: Vec<Offset>,
    /// Contexts that are taken for something else than the kernel's own types.
    pub contexts: Vec<Context>,
    /// Uses of a kernel struct's compile-time layout.
    pub bindings: Vec<Binding>,
    /// Headers of one kernel's sources.
    pub kernel_headers: Vec<(Span, String)>,
    /// Reads whose result nobody looks at.
    pub unchecked: Vec<Unchecked>,
    /// Reads whose failure is zero.
    pub zeros: Vec<Zero>,
    /// Pointers that are dereferenced where the verifier refuses it.
    pub derefs: Vec<Deref>,
    /// Reads by the helper for the other address space.
    pub spaces: Vec<Space>,
    /// Arguments of a system call that are looked for in the wrong registers.
    pub registers: Vec<Registers>,
    /// Bit-fields that are read plainly.
    pub bit_fields: Vec<BitField>,
    /// Sizes of kernel types.
    pub sizes: Vec<Size>,
    /// Enumerators of the kernel's own enumerations.
    pub enumerators: Vec<(Span, String, String)>,
    /// Choices by the kernel's version: the condition, and what is chosen.
    pub versions: Vec<(Span, Span)>,
    /// Relocations of types that the kernel does not own.
    pub uapi: Vec<Uapi>,
    /// Whether the file has libbpf's reading macros.
    pub has_macros: bool,
}

/// A constant added to a kernel pointer.
#[derive(Clone, Debug)]
pub struct Offset {
    /// The sum.
    pub span: Span,
    /// The constant's value.
    pub bytes: i64,
    /// The constant's name.
    pub constant: Option<String>,
    /// The struct that the pointer points to.
    pub record: Option<String>,
    /// Where the pointer comes from.
    pub source: Option<Source>,
    /// What takes the value that is read there.
    pub target: Option<String>,
}

/// Where a pointer comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// In words.
    pub what: String,
    /// The place.
    pub span: Span,
}

/// A context that is taken for something else than the kernel's own type.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where.
    pub span: Span,
    /// The program's section.
    pub section: String,
    /// How.
    pub how: ContextUse,
}

/// How a context is used.
#[derive(Clone, Debug)]
pub enum ContextUse {
    /// As a struct that is declared by hand.
    Record {
        /// Its name.
        name: String,
        /// Its declaration.
        declared: Option<Span>,
    },
    /// By a number of bytes.
    Bytes(i64),
}

/// A use of a compile-time layout.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where.
    pub span: Span,
    /// The struct.
    pub record: String,
    /// The field.
    pub field: String,
    /// The struct's declaration.
    pub declared: Option<Span>,
    /// Whether it is asked for the offset alone.
    pub is_offset: bool,
    /// The same by name, where that can be written: the call, and what replaces it.
    pub by_name: Option<(Span, String)>,
}

/// A read whose result nobody looks at.
#[derive(Clone, Debug)]
pub struct Unchecked {
    /// The call.
    pub span: Span,
    /// The helper or macro.
    pub name: String,
    /// The buffer.
    pub buffer: String,
    /// Where the buffer is used. `None` if it only goes into an event.
    pub used: Option<Span>,
    /// Whether another read starts from it, or its being null is asked.
    pub is_covered: bool,
}

/// A read whose failure is zero.
#[derive(Clone, Debug)]
pub struct Zero {
    /// The macro's use.
    pub span: Span,
    /// The macro.
    pub name: String,
    /// What is read.
    pub field: String,
    /// What the value decides, and where.
    pub decides: Option<(Span, &'static str)>,
    /// Whether it is an address that another read starts from.
    pub is_covered: bool,
}

/// A pointer that is dereferenced where the verifier refuses it.
#[derive(Clone, Debug)]
pub struct Deref {
    /// The access.
    pub span: Span,
    /// The struct, if it is one.
    pub record: String,
    /// The field.
    pub field: String,
    /// Where the pointer comes from.
    pub source: Option<Source>,
}

/// A read by the helper for the other address space.
#[derive(Clone, Debug)]
pub struct Space {
    /// The call.
    pub span: Span,
    /// The helper or macro.
    pub name: String,
    /// Whether the pointer is the process's.
    pub is_user: bool,
    /// Where the pointer comes from.
    pub source: Option<Source>,
}

/// An argument of a system call that is looked for in the wrong registers.
#[derive(Clone, Debug)]
pub struct Registers {
    /// Where.
    pub span: Span,
    /// The function that the program is attached to.
    pub function: String,
    /// How.
    pub how: RegistersUse,
}

/// How registers are used.
#[derive(Clone, Debug)]
pub enum RegistersUse {
    /// `BPF_KPROBE(name, int fd, ...)`: the parameter.
    Parameter(String),
    /// `PT_REGS_PARM2(ctx)`.
    Outer(String),
    /// `PT_REGS_PARM2(regs)`, where `regs` are the caller's: not by `_CORE`.
    Inner(String),
}

/// A bit-field that is read plainly.
#[derive(Clone, Debug)]
pub struct BitField {
    /// The access.
    pub span: Span,
    /// The struct.
    pub record: String,
    /// The field.
    pub field: String,
}

/// The size of a kernel type.
#[derive(Clone, Debug)]
pub struct Size {
    /// Where.
    pub span: Span,
    /// The type.
    pub record: String,
    /// What it is used for.
    pub what: &'static str,
}

/// A relocation of a type that the kernel does not own.
#[derive(Clone, Debug)]
pub struct Uapi {
    /// The read.
    pub span: Span,
    /// The macro or helper.
    pub name: String,
    /// The type.
    pub record: String,
    /// Whether it is the program's own.
    pub is_own: bool,
}
