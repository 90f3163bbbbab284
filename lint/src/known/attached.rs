//! The function or tracepoint whose arguments a program gets.

use bpf_core_catalogue::{NameSpace, Prototype, TypeRef};
use bpf_core_kernel_facts::Program;
use bpf_core_kernel_facts::target::{Target, lsm_function};

use super::Hook;

/// What the arguments of a program are those of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attached {
    /// The function or tracepoint.
    pub hook: Hook,
    /// Whether the arguments are in registers.
    pub is_probe: bool,
    /// Whether the result stands behind the arguments.
    pub(super) has_result: bool,
    /// Whether only the name of the program's function tells the target.
    pub(super) is_guessed: bool,
}

impl Attached {
    /// Of a program. `symbol` is the name of its function, which tells the target where nothing else does.
    #[must_use]
    pub fn of(program: &Program<'_>, symbol: &str) -> Option<Self> {
        let is_guessed = program.name().is_empty();
        let target = if is_guessed { symbol } else { program.name() };
        // The kernel has functions of its own that are called `probe` and `open`.
        if (is_guessed && !target.contains('_')) || target.contains('*') {
            return None;
        }
        let section = program.section;
        let is_probe = section.name.starts_with("kprobe");
        let hook = match Target::of(&Program { section, target })? {
            Target::Function(name) => Hook::Function(name.to_owned()),
            Target::Probe(name) | Target::Probes(name)
                if is_probe && !program.is_on_system_call() =>
            {
                Hook::Function(name.to_owned())
            }
            Target::Lsm(name) => Hook::Function(lsm_function(name)),
            Target::TypedTracepoint(name) | Target::RawTracepoint(name) => {
                Hook::Tracepoint(name.to_owned())
            }
            _ => return None,
        };
        Some(Self {
            hook,
            is_probe,
            has_result: section.passes_result(),
            is_guessed,
        })
    }

    /// Of a program on the wrapper of a system call, which gets the registers of the process and nothing else.
    #[must_use]
    pub fn of_wrapper(program: &Program<'_>) -> Option<Self> {
        let is_probe = program.section.name.starts_with("kprobe");
        let is_named = !program.name().is_empty() && !program.name().contains('*');
        (is_probe && is_named && program.is_on_wrapper()).then(|| Self {
            hook: Hook::Function(program.name().to_owned()),
            is_probe,
            has_result: false,
            is_guessed: false,
        })
    }

    /// The struct that an argument points to. `None` as its number stands for the result.
    #[must_use]
    pub fn record<'p>(&self, of: &'p Prototype, number: Option<usize>) -> Option<&'p str> {
        let argument = number.filter(|number| *number < of.parameters.len());
        match argument {
            Some(number) => pointee(&of.parameters[number].1),
            None if number.is_none() => pointee(&of.result),
            None if number == Some(of.parameters.len()) && self.has_result => pointee(&of.result),
            None => None,
        }
    }
}

/// The struct that a type points to.
pub(super) fn pointee(of: &TypeRef) -> Option<&str> {
    match bare(of) {
        TypeRef::Pointer(to) => match bare(to) {
            TypeRef::Named {
                space: NameSpace::Struct | NameSpace::Union,
                name,
                ..
            } => Some(name),
            TypeRef::Forward { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// A type without its qualifiers and tags.
pub(super) fn bare(mut of: &TypeRef) -> &TypeRef {
    while let TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) = of {
        of = to;
    }
    of
}
