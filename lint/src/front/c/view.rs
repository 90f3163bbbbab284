//! The facts about a C file, for the rules: what its functions do with pointers, reads, sizes and
//! enumerators, and where. There is no syntax in it and no judgement.

use std::rc::Rc;

use bpf_core_catalogue::Form;
use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_kernel_facts::{Context, Program, types};

use crate::front::facts::{Absence, Argument, AtZero, Deciding, EventStruct, SizeFor, Space};
use crate::known::{EventLayout, Guard, Layout, LeadsTo, Question, Several};
use crate::span::Span;

/// The facts of a file and of the project's headers that it includes.
#[derive(Debug, Default)]
pub struct View {
    /// The functions with a body.
    pub functions: Vec<Function>,
    /// Addresses that are used. Those of the program's own memory are there only where a helper
    /// reads from them.
    pub accesses: Vec<Access>,
    /// Reads of memory by helpers and by libbpf's macros.
    pub reads: Vec<Read>,
    /// Sizes of structs where data of the kernel is measured with them.
    pub sizes: Vec<SizeUse>,
    /// Uses of `offsetof`.
    pub offsets: Vec<OffsetOf>,
    /// Uses of enumerators as numbers.
    pub enumerators: Vec<Enumerator>,
    /// Elements of the kernel's arrays that are taken by a plain number.
    pub elements: Vec<Element>,
    /// The types of the kernel that the file implements (`SEC(".struct_ops")`).
    pub struct_ops: Vec<Rc<str>>,
    /// What the loader has to find beside the members that are read.
    pub needed: Vec<Needed>,
    /// Members that are not on all supported kernels where they are used.
    pub absences: Vec<Absence>,
    /// Layouts that are chosen by the version of the kernel.
    pub versions: Vec<VersionChoice>,
    /// Text that is there for one architecture alone.
    pub for_one_architecture: Vec<Span>,
    /// The headers that the file includes.
    pub includes: Vec<Include>,
    /// The structs and unions that the project declares.
    pub declared: Vec<Rc<Record>>,
    /// Contexts that are taken for the struct of another event.
    pub event_structs: Vec<EventStruct>,
    /// Arguments that a program takes for pointers to structs, without a parameter that says so.
    pub taken: Vec<TakenFor>,
    /// Arguments that programs take, and what the supported kernels pass.
    pub arguments: Vec<Argument>,
    /// Programs whose hooks are not on all supported kernels.
    pub hooks: Vec<AbsentHook>,
    /// Buffers that helpers fill, and that decide something though nothing looks at the result.
    pub filled: Vec<Filled>,
    /// Uses of the project's own macros.
    pub macros: Vec<MacroUse>,
}

/// A program whose hook some supported kernels lack, and others have.
#[derive(Debug)]
pub struct AbsentHook {
    /// The program, of `View::functions`.
    pub function: usize,
    /// What it is attached to, in words.
    pub hook: String,
    /// The kernels that lack it, in words.
    pub kernels: String,
}

/// A buffer that a helper such as `bpf_d_path` fills, whose result nothing looks at, and that decides something.
#[derive(Debug)]
pub struct Filled {
    /// The helper.
    pub by: Rc<str>,
    /// Its call.
    pub span: Span,
    /// The buffer, as the file has it.
    pub buffer: String,
    /// How it decides.
    pub what: Deciding,
    /// Where.
    pub decides: Span,
}

/// A thing that the loader has to find.
#[derive(Debug)]
pub struct Needed {
    /// Where.
    pub span: Span,
    /// What.
    pub what: Rc<Question>,
    /// What the conditions around it say about the kernel.
    pub guards: Vec<Guard>,
}

/// A use of a macro of the project.
#[derive(Debug)]
pub struct MacroUse {
    /// The use.
    pub span: Span,
    /// The macro.
    pub name: Rc<str>,
    /// Its definition.
    pub definition: Span,
}

/// An argument of the function or event that a program is on, taken for a pointer to a struct.
#[derive(Debug)]
pub struct TakenFor {
    /// Where.
    pub span: Span,
    /// The program, of `View::functions`.
    pub function: usize,
    /// Counted from 0.
    pub number: usize,
    /// As the program names it.
    pub name: Rc<str>,
    /// The struct.
    pub record: Rc<Record>,
    /// What the conditions around it say about the kernel.
    pub guards: Vec<Guard>,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name, as the program has it.
    pub name: Rc<str>,
    /// Its declaration, in front of the body.
    pub span: Span,
    /// Its section (`SEC("...")`), if it is a program.
    pub section: Option<Rc<str>>,
    /// `BPF_PROG`, `BPF_KPROBE`, ... if one of them made it.
    pub made_by: Option<Rc<str>>,
    /// Its parameters, with the context.
    pub params: Vec<Param>,
    /// Whether it gives a number below zero somewhere, as a hook that forbids something does.
    pub refuses: bool,
    /// For a program on a tracepoint, the struct of its event.
    pub event: EventLayout,
    /// Whether some supported kernel has the struct that its context is taken for.
    pub takes_known: bool,
    /// Whether its section spells a function that one architecture alone has: `SEC("kprobe/__x64_sys_close")`.
    pub is_for_one_architecture: bool,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: Rc<str>,
    /// Its declaration.
    pub span: Span,
    /// The struct that it points to.
    pub record: Option<Rc<Record>>,
    /// Whether it is a pointer.
    pub is_pointer: bool,
    /// Whether the function uses it where no condition asks for the kernel.
    pub is_used: bool,
}

/// A struct or union.
#[derive(Debug)]
pub struct Record {
    /// Empty if it has none.
    pub name: Rc<str>,
    /// Where it is declared.
    pub home: Home,
    /// Whether clang relocates accesses to it.
    pub relocated: bool,
    /// Its declaration, if the project has it.
    pub declared: Option<Span>,
    /// The members that are structs or unions with a name, in order, for one that the project declares: where
    /// each begins in the list of all members.
    pub inside: Vec<(usize, Rc<Record>)>,
    /// The names of the members, for one that the project declares.
    pub members: Vec<Rc<str>>,
    /// The byte that each of these begins at.
    pub places: Vec<Option<u32>>,
}

/// Where a type is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// `vmlinux.h`.
    Kernel,
    /// The project.
    Project,
    /// The system's headers: user-space API, and the compiler's own.
    System,
    /// Headers of one kernel's sources.
    KernelSource,
}

/// A use of an address.
#[derive(Debug)]
pub struct Access {
    /// The expression.
    pub span: Span,
    /// The function that it is in, of `View::functions`.
    pub function: usize,
    /// The pointer that the address is made from.
    pub pointer: Pointer,
    /// The struct that the pointer points to.
    pub record: Option<Rc<Record>>,
    /// The members from there, such as `se.vruntime`. Empty for the whole.
    pub path: String,
    /// What the last member is.
    pub form: Form,
    /// Whether the last member is a bit-field.
    pub is_bit_field: bool,
    /// The byte of the struct that the last member begins at, by the declaration at hand.
    pub byte: Option<u32>,
    /// What the supported kernels say of that, where the declaration is not relocated.
    pub layout: Layout,
    /// How the address is used.
    pub how: How,
    /// Whether it stands in `__builtin_preserve_access_index`.
    pub relocated: bool,
    /// The macro that the expression comes from, as the file has it.
    pub from: Option<Rc<str>>,
    /// The variable or member that takes what is read there.
    pub target: Option<Rc<str>>,
    /// What the conditions around it say about the kernel.
    pub guards: Vec<Guard>,
    /// Whether these conditions hold on no supported kernel.
    pub is_dead: bool,
    /// The field that a constant in the address leads to.
    pub leads_to: Option<LeadsTo>,
}

/// How an address is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is loaded from.
    Load,
    /// It is stored to.
    Store,
    /// It is taken, with `&` or as an array.
    Address,
    /// A helper or macro reads from it.
    Read,
    /// A function of the file adds the constant that it is given here to the pointer that it is
    /// given here, and uses the sum.
    Passed,
}

/// A pointer, and what is known of it.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// Whose memory it points to.
    pub origin: Origin,
    /// Where it comes from.
    pub source: Option<Rc<Source>>,
    /// The constant that was added to it.
    pub added: Option<Rc<Added>>,
}

/// Whose memory a pointer points to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// It is not known.
    #[default]
    Unknown,
    /// The program's: its stack, maps, records.
    Own,
    /// The context.
    Context,
    /// A register, not yet known for what.
    Register,
    /// The kernel's.
    Kernel(Trust),
    /// The process's.
    User,
}

/// What the verifier thinks of a kernel pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A number.
    No,
    /// A pointer to a type that it knows.
    Yes,
    /// We do not know.
    Unknown,
}

/// The place that a pointer comes from.
#[derive(Debug)]
pub struct Source {
    /// What is there.
    pub what: SourceKind,
    /// Where.
    pub span: Span,
}

/// What a pointer comes from.
#[derive(Debug)]
pub enum SourceKind {
    /// The result of this helper.
    Helper(String),
    /// This parameter of the program in this section.
    Parameter(Rc<str>, Rc<str>),
    /// The context of the program in this section.
    Context(Rc<str>),
    /// This member of this struct.
    Member(String, Rc<str>),
}

/// A constant that was added to a pointer.
#[derive(Clone, Debug)]
pub struct Added {
    /// How many bytes.
    pub bytes: i64,
    /// The constant's name.
    pub constant: Option<Rc<str>>,
    /// The sum.
    pub span: Span,
    /// The struct that the pointer points to, without a flavour.
    pub of: Option<Rc<str>>,
}

/// A read of memory by a helper or by one of libbpf's macros.
#[derive(Debug)]
pub struct Read {
    /// The call or the use of the macro.
    pub span: Span,
    /// The helper or macro, as the file has it.
    pub name: Rc<str>,
    /// The memory that it reads.
    pub space: Space,
    /// What it reads from, of `View::accesses`.
    pub source: usize,
    /// Each pointer's struct and the members to the next pointer. One hop for a helper.
    pub hops: Vec<Hop>,
    /// Whether it makes relocations.
    pub relocated: bool,
    /// The same read in terms of a member, where the source is exactly one.
    pub copies: Option<MemberCopy>,
    /// Set where nothing looks at the result.
    pub ignored: Option<Ignored>,
    /// Set where a failure becomes the value zero.
    pub zero: Option<Zero>,
    /// Where its error makes the function return 0.
    pub returns: Option<ReturnsZero>,
}

/// A struct, and the members to the next pointer.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The struct.
    pub record: Option<Rc<Record>>,
    /// `a.b`.
    pub path: String,
    /// What the last member is.
    pub form: Form,
    /// The supported kernels, in words, whose types lack the struct though it is of the user-space API.
    pub lacking: Option<String>,
    /// Whether the project declares the struct itself, and supported kernels have one of that name with all its
    /// members.
    pub is_copy: bool,
}

/// A call that copies exactly one member. The texts are those of the file.
#[derive(Debug)]
pub struct MemberCopy {
    /// The member, of `View::accesses`.
    pub access: usize,
    /// Where it is copied to.
    pub to: String,
    /// The pointer to the struct.
    pub base: String,
    /// `a.b`.
    pub path: String,
}

/// What becomes of a buffer that is filled by a read whose result nothing looks at.
#[derive(Debug)]
pub struct Ignored {
    /// The buffer, as the file has it. `None` if it has no name.
    pub buffer: Option<String>,
    /// Where the buffer is used. `None` if it only goes into an event.
    pub used: Option<Span>,
    /// Whether another read starts from it, or its being null is asked.
    pub is_covered: bool,
}

/// What becomes of a value that is zero where its read fails.
#[derive(Clone, Debug, Default)]
pub struct Zero {
    /// What it decides, in order.
    pub decisions: Vec<Decision>,
    /// Whether it is an address that another read starts from.
    pub is_covered: bool,
    /// Where a zero makes a function return 0.
    pub returns: Vec<ReturnsZero>,
}

/// A question that a failed read answers so that the function returns 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnsZero {
    /// The function, of `View::functions`.
    pub function: usize,
    /// The question.
    pub span: Span,
}

/// A use of a value that takes the program one way or the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Where.
    pub span: Span,
    /// How.
    pub what: Deciding,
    /// What becomes of a zero there.
    pub zero: AtZero,
}

/// A size of a struct.
#[derive(Debug)]
pub struct SizeUse {
    /// Where.
    pub span: Span,
    /// The struct.
    pub record: Rc<Record>,
    /// What it is used for.
    pub what: SizeFor,
    /// Where the pointer that it is added to points. Not for a read.
    pub origin: Origin,
    /// The struct that a read of that size fills.
    pub target: Option<Rc<Record>>,
    /// Its sizes in bytes on the supported kernels. Empty if none is known.
    pub values: Vec<Several>,
}

/// A use of `offsetof`.
#[derive(Debug)]
pub struct OffsetOf {
    /// Where.
    pub span: Span,
    /// The struct.
    pub record: Rc<Record>,
    /// `a.b`.
    pub path: Rc<str>,
    /// What the supported kernels say of it.
    pub layout: Layout,
}

/// A use of an enumerator as a number.
#[derive(Debug)]
pub struct Enumerator {
    /// Where.
    pub span: Span,
    /// Its name.
    pub name: Rc<str>,
    /// The name of its enumeration. Empty if it has none.
    pub of: Rc<str>,
    /// Its value in the program.
    pub value: i64,
    /// Its values on the supported kernels. Empty if none is known.
    pub values: Vec<Several>,
    /// What the conditions around it say about the kernel.
    pub guards: Vec<Guard>,
}

/// An element of an array of the kernel that is taken by a plain number.
#[derive(Debug)]
pub struct Element {
    /// The number.
    pub span: Span,
    /// Its value.
    pub number: i64,
    /// The array: `subsys`.
    pub array: String,
    /// The enum that counts the elements.
    pub of: &'static str,
}

/// A layout that is chosen by the version of the kernel.
#[derive(Debug)]
pub struct VersionChoice {
    /// The condition.
    pub condition: Span,
    /// The version that it asks for, as `KERNEL_VERSION(6, 9, 0)` writes it.
    pub version: Option<u32>,
    /// What is chosen.
    pub layout: Span,
    /// The members that are read where it holds, or where it does not.
    pub members: Vec<(Rc<str>, String)>,
    /// Whether all supported kernels are on one side of the version.
    pub is_one_sided: bool,
    /// Whether the supported kernels are known to have all of the members, and of one kind and size.
    pub is_alike: bool,
}

/// A directive that includes a header.
#[derive(Debug)]
pub struct Include {
    /// The directive.
    pub span: Span,
    /// The header, without quotes or brackets.
    pub name: String,
    /// Whether it is one of the kernel's own, which the project does not have.
    pub is_kernels: bool,
}

impl View {
    /// The function that an access is in.
    #[must_use]
    pub fn function(&self, access: &Access) -> &Function {
        &self.functions[access.function]
    }

    /// What a read starts from.
    #[must_use]
    pub fn source(&self, read: &Read) -> &Access {
        &self.accesses[read.source]
    }
}

impl Function {
    /// The program that it is, if libbpf knows its section.
    #[must_use]
    pub fn program(&self) -> Option<Program<'_>> {
        Program::of_section(self.section.as_deref()?)
    }

    /// Whether another program is of the other kind: one is on a kprobe, and one has arguments with types.
    #[must_use]
    pub fn is_twin(&self, other: &Self) -> bool {
        let is_probe = |one: &Self| {
            let program = one.program();
            program.is_some_and(|program| program.section.context == Context::Registers)
        };
        is_probe(self) != is_probe(other)
    }

    /// What its first parameter points to, if it is a program.
    #[must_use]
    pub fn context(&self) -> Option<Context> {
        Some(self.program()?.section.context)
    }
}

impl Access {
    /// The constant in the address, where the address is more than taken.
    #[must_use]
    pub fn added(&self) -> Option<&Added> {
        let added = self.pointer.added.as_deref();
        added.filter(|added| added.bytes != 0 && self.how != How::Address)
    }
}

impl Pointer {
    /// Whether it points to memory of the kernel.
    #[must_use]
    pub fn is_kernel(&self) -> bool {
        matches!(self.origin, Origin::Kernel(_))
    }
}

impl Read {
    /// The members from the last pointer on: `a.b`.
    #[must_use]
    pub fn last_path(&self) -> &str {
        self.hops.last().map_or("", |hop| hop.path.as_str())
    }
}

impl Record {
    /// The name without its flavour: `task_struct___old` is `task_struct`.
    #[must_use]
    pub fn essential(&self) -> &str {
        essential_name(&self.name)
    }

    /// Whether it is the kernel's own, which has another layout elsewhere.
    #[must_use]
    pub fn is_kernel(&self) -> bool {
        if self.name.is_empty() || types::is_uapi(self.essential()) {
            return false;
        }
        match self.home {
            Home::Kernel | Home::KernelSource => true,
            Home::Project => self.relocated || types::is_kernel_struct(self.essential()),
            Home::System => false,
        }
    }

    /// Whether accesses to it have the layout of the time of compilation.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.is_kernel()
            && !self.relocated
            && (self.home != Home::Kernel || types::is_kernel_struct(self.essential()))
    }
}
