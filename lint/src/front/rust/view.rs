//! The facts about a Rust crate, for the rules: its functions, and what they do with values of the
//! kernel. Nothing here borrows from source text or syntax trees.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::context::{is_own_memory, iterator_struct};
use bpf_core_kernel_facts::program::Section;

use super::facts::Facts;
use super::ty::Ty;
use crate::front::facts::{Absence, Argument, AtZero, Deciding, EventStruct, SizeFor, Space};
use crate::known::{EventLayout, Guard, Layout, LeadsTo, Question, Several};
use crate::span::Span;

/// A crate.
#[derive(Debug, Default)]
pub struct Crate {
    /// What it declares.
    pub facts: Facts,
    /// Its functions, by file and place.
    pub functions: Vec<Function>,
    /// What supported kernels lack where the program may need it.
    pub absences: Vec<Absence>,
    /// Arguments that programs take, and what the supported kernels pass.
    pub arguments: Vec<ArgumentUse>,
    /// Contexts that are taken for the struct of another event.
    pub event_structs: Vec<EventStruct>,
    /// Hooks that some supported kernels lack.
    pub hooks: Vec<AbsentHook>,
    /// The functions of a name.
    pub(super) by_name: HashMap<String, Vec<usize>>,
    /// Who calls whom: by function, the caller and the call.
    pub(super) callers: HashMap<usize, Vec<(usize, usize)>>,
    /// Where the parameters of a function come from, over all its callers.
    pub(super) params: Vec<Vec<Origin>>,
    /// The programs that reach a function, by its place in `functions`.
    pub(super) programs: Vec<Vec<usize>>,
}

/// A hook that some supported kernels lack, and others have, where a program or its loader names it.
#[derive(Debug)]
pub struct AbsentHook {
    /// Where.
    pub span: Span,
    /// What a program is attached to: `sched/sched_switch`.
    pub target: String,
    /// The kernels that lack it, in words.
    pub kernels: String,
    /// Whether the loader names it, and not the program.
    pub is_of_loader: bool,
}

/// A function, or the initialiser of a static.
#[derive(Debug, Default)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The name's bytes.
    pub at: Range<usize>,
    /// Its file.
    pub path: Arc<str>,
    /// What makes it a program, if it is one.
    pub program: Option<Program>,
    /// The types of its parameters.
    pub params: Vec<Ty>,
    /// What it returns, as far as that is known.
    pub returned: Vec<Value>,
    /// Whether it may return something else as well.
    pub returns_unknown: bool,
    /// Calls of functions that are not known helpers.
    pub calls: Vec<Call>,
    /// Additions to addresses.
    pub offsets: Vec<Offset>,
    /// Fields behind pointers.
    pub places: Vec<Place>,
    /// Reads of memory by helpers.
    pub reads: Vec<Read>,
    /// Failed reads that become a value.
    pub fallbacks: Vec<Fallback>,
    /// Uses of a context by position.
    pub contexts: Vec<ContextUse>,
    /// Enumerators and constants of bindings.
    pub enumerators: Vec<Enumerator>,
    /// Sizes of kernel types where the target's count.
    pub sizes: Vec<SizeUse>,
    /// Choices by kernel version.
    pub versions: Vec<VersionChoice>,
    /// What it asks the loader for, and some supported kernel lacks.
    pub needs: Vec<Need>,
    /// What comes of failures.
    pub failures: Vec<Failure>,
    /// Failures that panic.
    pub panics: Vec<Panic>,
    /// Uses of macros of the crate, with their names.
    pub macros: Vec<(Range<usize>, String)>,
    /// Whether it gives a number below zero somewhere, as a hook that forbids something does.
    pub refuses: bool,
    /// For a program on a tracepoint, the struct of its event.
    pub event: EventLayout,
}

/// A failed read that panics.
#[derive(Debug)]
pub struct Panic {
    /// The helper, macro or method that reads.
    pub by: String,
    /// How, such as `unwrap()`.
    pub how: String,
    /// Whether the failure is tested for.
    pub is_checked: bool,
    /// Where.
    pub span: Range<usize>,
}

/// What comes of a failure.
#[derive(Debug)]
pub struct Failure {
    /// Of what.
    pub of: Failing,
    /// What the function gives then.
    pub then: Outcome,
    /// Where.
    pub at: Range<usize>,
}

/// What fails.
#[derive(Debug)]
pub enum Failing {
    /// A read: its helper or macro, and where.
    Read(String, Range<usize>),
    /// A call: its number.
    Call(usize),
    /// Nothing, but a call gives this `bool`.
    Answer(usize, bool),
}

/// What a function gives for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0, with which a hook allows what it was asked about.
    Allows,
    /// An error, to the caller.
    Passes(Thrown),
    /// The error that it got, as its result.
    GivesBack,
    /// This `bool`.
    Answers(bool),
}

/// The error that a function passes to its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thrown {
    /// The one that it got.
    Same,
    /// 0.
    Zero,
    /// Another one.
    Other,
}

/// A thing that a function needs of the kernel.
#[derive(Debug)]
pub struct Need {
    /// What.
    pub what: Question,
    /// Where.
    pub span: Range<usize>,
    /// What the conditions around it say about the kernel.
    pub guards: Rc<[Guard]>,
}

/// What a value says about the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// What holds where a `bool` is true, or an `Option` is `Some`.
    pub yes: Vec<Guard>,
    /// What holds where it is not.
    pub no: Vec<Guard>,
    /// Whether the `bool` or `Option` is still in a `Result`.
    pub is_in_result: bool,
}

/// What makes a function a program: an attribute of aya, or its section.
#[derive(Clone, Debug)]
pub struct Program {
    /// The attribute or the section's name, without arguments: `kprobe`, `fentry.s`.
    pub kind: String,
    /// What the kernel and libbpf know about such programs.
    pub section: &'static Section,
    /// What it is attached to. Empty if the loader chooses.
    pub target: String,
}

impl Program {
    /// Whether its context is that of an iterator.
    #[must_use]
    pub fn is_iterator(&self) -> bool {
        matches!(self.section.context, Context::Iterator { .. })
    }

    /// The program as the facts have it.
    #[must_use]
    pub fn facts(&self) -> bpf_core_kernel_facts::Program<'_> {
        bpf_core_kernel_facts::Program {
            section: self.section,
            target: &self.target,
        }
    }
}

/// What is known about a value.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// Where its bits come from.
    pub origin: Origin,
    /// Its type.
    pub ty: Ty,
    /// The type that it had when it came from there.
    pub born: Ty,
    /// The expression that it came from.
    pub source: Option<Range<usize>>,
    /// Its value, if that is in the code.
    pub amount: Option<Amount>,
    /// The addition that it is the result of.
    pub offset: Option<usize>,
    /// The place that it is the address of.
    pub place: Option<usize>,
    /// The read that it is the result of, with its error.
    pub read: Option<usize>,
    /// The failed reads that may hide in it.
    pub fallbacks: Vec<usize>,
    /// Whether it is a read of the context with its error, which nothing has looked at.
    pub is_attempt: bool,
    /// What it says about the kernel.
    pub says: Option<Rc<Says>>,
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Not known, or nothing that matters.
    #[default]
    Unknown,
    /// The current task, as `bpf_get_current_task` gives it: a number to the verifier.
    Task,
    /// The current task, as `bpf_get_current_task_btf` gives it.
    TypedTask,
    /// A read of kernel memory: a number to the verifier.
    Kernel,
    /// The kernel's by its type. The verifier may know that, too.
    Typed,
    /// A read of user memory.
    User,
    /// An argument of the probed function.
    Argument(Option<i64>),
    /// The context itself: the name of its type.
    Context(String),
    /// The context of an iterator: its target. The pointers in it are the kernel's.
    Iterator(String),
    /// A field of what a pointer from there leads to, where the pointer may be the context of an iterator.
    Member(Box<Origin>, String),
    /// The packet.
    Packet,
    /// A map's element, or a record of a ring buffer.
    Map,
    /// The program's stack.
    Local,
    /// A parameter of the function.
    Param(usize),
    /// The memory that a parameter of the function leads to.
    Behind(usize),
    /// The result of a call.
    Call(usize),
}

/// A number that is in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A number.
    Number(i64),
    /// A constant by its name, and its value if that could be found out.
    Named(String, Option<i64>),
    /// The size of a type.
    SizeOf(String),
    /// The offset of a field.
    OffsetOf(String, String),
    /// A parameter of the function, and what is added to it.
    Param(usize),
    /// What a call returns.
    Call(usize),
}

/// A call.
#[derive(Debug)]
pub struct Call {
    /// The function's name.
    pub callee: String,
    /// What it gets.
    pub args: Vec<Value>,
    /// The arguments' bytes.
    pub spans: Vec<Range<usize>>,
    /// The call.
    pub span: Range<usize>,
    /// What is decided by the result.
    pub decisions: Vec<Decision>,
    /// Whether the function that calls gives the result, or what is made of it.
    pub is_result: bool,
    /// What the conditions around it say about the kernel.
    pub guards: Rc<[Guard]>,
}

/// An addition to an address.
#[derive(Debug)]
pub struct Offset {
    /// What is added to.
    pub base: Value,
    /// What is added.
    pub by: Amount,
    /// The size of a step, if the pointer has a type with one.
    pub step: Option<i64>,
    /// The whole sum.
    pub span: Range<usize>,
    /// Whether the sum is used as an address.
    pub is_address: bool,
    /// Whether it is read as user memory.
    pub is_user: bool,
    /// Whether it is read as memory of the kernel.
    pub is_kernel: bool,
    /// The variable that takes what is read there.
    pub target: Option<String>,
    /// The field that is there on supported kernels, if the struct is known.
    pub leads_to: Option<LeadsTo>,
}

/// A field behind a pointer.
#[derive(Debug)]
pub struct Place {
    /// The pointer.
    pub base: Value,
    /// The struct that it points to.
    pub owner: String,
    /// Whether the struct's path leads through bindings.
    pub bound: bool,
    /// The fields, such as `se.vruntime`. Empty for the whole struct.
    pub fields: String,
    /// What is done with it.
    pub how: How,
    /// The whole expression.
    pub span: Range<usize>,
    /// The pointer in source, for a rewrite.
    pub pointer: String,
    /// What the supported kernels say of it.
    pub layout: Layout,
}

/// What is done with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is loaded.
    Load,
    /// It is written.
    Store,
    /// Its address is taken.
    Address,
    /// A method of it is called.
    Method,
    /// `offset_of!`.
    OffsetOf,
    /// The whole struct is read by a helper.
    Whole,
}

/// A read by a helper or a macro.
#[derive(Debug)]
pub struct Read {
    /// The helper's or macro's name.
    pub callee: String,
    /// Whose memory it reads.
    pub space: Space,
    /// Whether it fills a buffer, so that its result is only a code.
    pub fills: bool,
    /// What it reads.
    pub source: Value,
    /// The last fields that it reads, `a.b`. Empty if they have no names.
    pub fields: String,
    /// The whole call.
    pub span: Range<usize>,
    /// The call with its `unsafe` block, if the block has nothing else in it.
    pub block: Range<usize>,
    /// Whether something looks at the result.
    pub checked: bool,
    /// The buffer.
    pub buffer: Option<String>,
    /// The first use of the buffer behind it.
    pub used: Option<Range<usize>>,
    /// Whether the code around does not depend on the type of the error, so that another call can
    /// stand here.
    pub replaceable: bool,
}

impl Read {
    /// A read by a call of which nothing else is known yet.
    pub(super) fn by(callee: String, space: Space, span: Range<usize>) -> Self {
        Self {
            callee,
            space,
            fills: false,
            source: Value::default(),
            fields: String::new(),
            block: span.clone(),
            span,
            checked: false,
            buffer: None,
            used: None,
            replaceable: false,
        }
    }
}

/// A failed read that becomes zero.
#[derive(Debug)]
pub struct Fallback {
    /// The read.
    pub read: usize,
    /// How, such as `unwrap_or(0)`.
    pub how: String,
    /// Where.
    pub span: Range<usize>,
    /// Whether the value is used as an address.
    pub is_pointer: bool,
    /// What is decided by the value.
    pub decisions: Vec<Decision>,
    /// Where the function gives 0 because of it, or does not come to a number below zero.
    pub allows: Option<Range<usize>>,
    /// Whether the function returns it.
    pub returned: bool,
}

/// A use of a value on which the way of the program depends.
#[derive(Clone, Debug)]
pub struct Decision {
    /// How.
    pub what: Deciding,
    /// What becomes of a zero there.
    pub zero: AtZero,
    /// Where.
    pub span: Range<usize>,
}

/// A use of a context by position.
#[derive(Debug)]
pub struct ContextUse {
    /// The context's type, such as `TracePointContext`.
    pub context: String,
    /// What is used.
    pub what: ContextPart,
    /// Where.
    pub span: Range<usize>,
    /// What the conditions around it say about the kernel.
    pub guards: Rc<[Guard]>,
    /// Whether the program may not come to it.
    pub is_in_branch: bool,
}

/// A use of an argument.
#[derive(Debug)]
pub struct ArgumentUse {
    /// Whether the program may not come to it.
    pub is_in_branch: bool,
    /// The argument of each program that has the function in it.
    pub of_programs: Vec<Argument>,
}

/// What is used of a context.
#[derive(Debug)]
pub enum ContextPart {
    /// `read_at(16)`.
    At(Amount),
    /// A cast to a struct.
    Cast(String),
    /// An argument of the probed function: its number and its type.
    Argument(Option<i64>, Ty),
    /// A register, by the name that one architecture has for it.
    Register(String),
}

/// An enumerator of the kernel that is used as a number.
#[derive(Debug)]
pub struct Enumerator {
    /// Its name, as the kernel has it.
    pub name: String,
    /// The name of its enum. `None` if it has none.
    pub of: Option<&'static str>,
    /// Its value in the program, if that is in the code.
    pub value: Option<i64>,
    /// Its values on the supported kernels. Empty if none is known.
    pub values: Vec<Several>,
    /// Whether it stands in where the kernel has no such enumerator, or its value was asked for.
    pub is_fallback: bool,
    /// Where it is used.
    pub span: Range<usize>,
}

/// A size of a kernel type, used for the target's data.
#[derive(Debug)]
pub struct SizeUse {
    /// The type.
    pub of: String,
    /// What for.
    pub what: SizeFor,
    /// Where.
    pub span: Range<usize>,
    /// What the supported kernels say of it.
    pub layout: Layout,
}

/// A choice by kernel version.
#[derive(Debug)]
pub struct VersionChoice {
    /// What is asked.
    pub asked: String,
    /// Where.
    pub span: Range<usize>,
    /// Where a layout is chosen.
    pub layout: Range<usize>,
}

impl Origin {
    /// Where the pointer comes from that is a field of what a pointer from here leads to. Some pointers in the
    /// context of an iterator lead to the program's own memory.
    #[must_use]
    pub fn member(self, fields: String) -> Self {
        let of_any = ["bpf_map_elem", "sockmap", "bpf_sk_storage_map"];
        let targets = match &self {
            _ if fields.is_empty() => return Self::Unknown,
            Self::Iterator(target) if target.is_empty() => &of_any[..],
            Self::Iterator(target) => &[target.as_str()],
            _ => &[],
        };
        let is_own = |target: &&str| {
            let record = iterator_struct(target);
            fields.split('.').any(|field| is_own_memory(&record, field))
        };
        match targets.iter().any(is_own) {
            true => Self::Map,
            false => Self::Member(Box::new(self), fields),
        }
    }

    /// Whether it is the current task, however the program got it.
    #[must_use]
    pub fn is_task(&self) -> bool {
        matches!(self, Self::Task | Self::TypedTask)
    }

    /// Whether it is memory of the kernel that is no argument.
    #[must_use]
    pub fn is_kernel(&self) -> bool {
        match self {
            Self::Member(of, _) => matches!(**of, Self::Iterator(_)),
            _ => self.is_task() || matches!(self, Self::Kernel | Self::Typed),
        }
    }
}

impl Value {
    /// Whether it is what a read gave.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self.origin, Origin::Kernel | Origin::User)
    }

    /// Whether something is known that matters to a caller.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let origin = !matches!(self.origin, Origin::Unknown | Origin::Local | Origin::Map);
        origin || self.amount.is_some() || !self.fallbacks.is_empty()
    }
}

impl Function {
    /// A span in the function's file.
    #[must_use]
    pub fn span(&self, range: &Range<usize>) -> Span {
        Span::new(&self.path, range.clone())
    }
}
