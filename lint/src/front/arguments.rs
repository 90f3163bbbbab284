//! Compares what a program takes for an argument with what the supported kernels pass: for the front ends of
//! C and Rust.

use anyhow::Result;
use bpf_core_catalogue::{KernelSet, NameSpace, Prototype, TypeRef};
use bpf_core_kernel_facts::Program;
use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_kernel_facts::target::{Target, lsm_function};

use super::kernels::sets;
use crate::known::{Hook, Supported};
use crate::span::Span;

/// An argument that is not the same on all supported kernels.
#[derive(Debug)]
pub struct MovedArgument {
    /// Where the program takes it.
    pub span: Span,
    /// Its name in the program.
    pub name: String,
    /// Its number, from 1.
    pub number: usize,
    /// The function or tracepoint.
    pub target: String,
    /// What kernels pass there that the program does not mean, with the kernels, in words.
    pub others: Vec<(String, String)>,
    /// Whether no supported kernel passes anything there.
    pub is_nowhere: bool,
}

/// What a program takes an argument for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A pointer to a struct.
    Record(String),
    /// A pointer to something else.
    Pointer,
    /// Something else, or something that the source does not tell.
    Any,
}

/// An argument, as a program takes it.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) span: Span,
    pub(super) name: String,
    /// Its number, from 0.
    pub(super) number: usize,
    pub(super) meant: Meant,
}

/// What the arguments of a program are those of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Attached {
    pub(crate) hook: Hook,
    /// Whether the arguments are in registers.
    pub(super) is_probe: bool,
    /// Whether the result stands behind the arguments.
    has_result: bool,
    /// Whether only the name of the program's function tells the target.
    is_guessed: bool,
}

/// What kernels pass as one argument.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    /// A pointer to a struct.
    Record(String),
    /// Any pointer, where a program takes it for one to no struct.
    Pointer,
    /// A number. It has a name where kernels have that name at another place.
    Number(String),
    /// What the function or hook returned.
    Result,
    Nothing,
}

impl Attached {
    /// Of a program. `symbol` is the name of its function, which tells the target where nothing else does.
    pub(crate) fn of(program: &Program<'_>, symbol: &str) -> Option<Self> {
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

    /// The struct that an argument points to. `None` as its number stands for the result.
    pub(crate) fn record<'p>(&self, of: &'p Prototype, number: Option<usize>) -> Option<&'p str> {
        let argument = number.filter(|number| *number < of.parameters.len());
        match argument {
            Some(number) => pointee(&of.parameters[number].1),
            None if number.is_none() => pointee(&of.result),
            None if number == Some(of.parameters.len()) && self.has_result => pointee(&of.result),
            None => None,
        }
    }
}

/// Compares an argument with what `kernels` pass.
pub(super) fn compare(
    taken: Taken,
    attached: &Attached,
    kernels: &KernelSet,
    supported: &Supported<'_>,
) -> Result<Option<MovedArgument>> {
    let Taken { number, meant, .. } = taken;
    let versions = supported.prototypes(&attached.hook)?;
    // A chance name is seldom on all of them.
    if attached.is_guessed && sets(&versions) != *supported.kernels() {
        return Ok(None);
    }
    let versions: Vec<(Prototype, KernelSet)> = versions
        .into_iter()
        .map(|(prototype, set)| (prototype, set.intersection(kernels)))
        .filter(|(_, set)| !set.is_empty())
        .collect();
    let mut found: Vec<(Given, String, KernelSet)> = Vec::new();
    for (prototype, set) in &versions {
        let Some(mut given) = given(prototype, (number, &meant), attached, &versions) else {
            return Ok(None);
        };
        if let Given::Record(record) = &given {
            // Where the program has a struct of its own, what one kernel passes is what is meant.
            let before = found.iter().filter_map(|(other, ..)| match other {
                Given::Record(other) => Some(other),
                _ => None,
            });
            let others = match &meant {
                Meant::Record(meant) => vec![meant.clone()],
                _ => before.cloned().collect(),
            };
            for other in others.into_iter().filter(|other| other != record) {
                if is_renamed((record, &other), (prototype, number), &versions, supported)? {
                    given = Given::Record(other);
                    break;
                }
            }
        }
        let text = match prototype.parameters.get(number) {
            Some((name, of)) => format!("`{}`", format!("{of} {name}").trim_end()),
            None if given == Given::Nothing => "no such argument".to_owned(),
            None => "the result".to_owned(),
        };
        // Texts differ where the same struct has another qualifier or name.
        match found.iter_mut().find(|(other, _, _)| *other == given) {
            Some((_, _, all)) => *all = all.union(set),
            None => found.push((given, text, set.clone())),
        }
    }
    let is_nowhere = !found.is_empty() && found.iter().all(|(one, ..)| *one == Given::Nothing);
    let fits = |given: &Given| match (given, &meant) {
        (Given::Record(record), Meant::Record(meant)) => record == meant,
        (Given::Pointer, Meant::Pointer) => true,
        _ => false,
    };
    let count = found.iter().filter(|(one, ..)| fits(one)).count();
    let is_moved = found.len() > 1 && (count > 0 || meant == Meant::Any);
    if !is_moved && !is_nowhere {
        return Ok(None);
    }
    let judged = sets(&versions);
    let others = found.iter().filter(|(one, ..)| !fits(one));
    let others = others.map(|(_, text, set)| (text.clone(), supported.words(&judged, set)));
    Ok(Some(MovedArgument {
        span: taken.span,
        name: taken.name,
        number: number + 1,
        target: attached.hook.to_string(),
        others: others.collect(),
        is_nowhere,
    }))
}

/// Whether a struct is the one that the program means, under a newer name: other kernels pass that one by the same
/// name of the parameter, and both begin with the same member. So `sockaddr_unsized` of 6.19 stands for `sockaddr`.
fn is_renamed(
    (record, meant): (&str, &str),
    (prototype, number): (&Prototype, usize),
    versions: &[(Prototype, KernelSet)],
    supported: &Supported<'_>,
) -> Result<bool> {
    let parameter = |of: &Prototype| of.parameters.get(number).map(|(name, _)| name.clone());
    let passes_meant = |of: &Prototype| {
        let passed = of.parameters.get(number).and_then(|(_, of)| pointee(of));
        passed.is_some_and(|passed| essential_name(passed) == meant)
    };
    let name = parameter(prototype).filter(|name| !name.is_empty());
    let is_named_so = |of: &Prototype| passes_meant(of) && parameter(of) == name;
    if name.is_none() || !versions.iter().any(|(of, _)| is_named_so(of)) {
        return Ok(false);
    }
    supported.begin_alike(record, meant)
}

/// What a kernel passes. `None` if nobody knows, as of `void *`.
fn given(
    prototype: &Prototype,
    (number, meant): (usize, &Meant),
    attached: &Attached,
    versions: &[(Prototype, KernelSet)],
) -> Option<Given> {
    let Some((name, of)) = prototype.parameters.get(number) else {
        let is_result = number == prototype.parameters.len() && attached.has_result;
        return Some(match (is_result, pointee(&prototype.result)) {
            (true, Some(_)) if *meant == Meant::Pointer => Given::Pointer,
            (true, Some(record)) => Given::Record(essential_name(record).to_owned()),
            (true, None) => Given::Result,
            (false, _) => Given::Nothing,
        });
    };
    if *meant == Meant::Pointer {
        match bare(of) {
            TypeRef::Pointer(_) => return Some(Given::Pointer),
            // A number of this size may be an address.
            _ if is_long(of) => return None,
            _ => {}
        }
    }
    if let Some(record) = pointee(of) {
        return Some(Given::Record(essential_name(record).to_owned()));
    }
    let is_elsewhere = |(other, _): &(Prototype, KernelSet)| {
        let mut names = other.parameters.iter().map(|(name, _)| name);
        names
            .position(|other| other == name)
            .is_some_and(|at| at != number)
    };
    let is_moved = !name.is_empty() && versions.iter().any(is_elsewhere);
    is_number(of).then(|| match is_moved {
        true => Given::Number(name.clone()),
        false => Given::Number(String::new()),
    })
}

/// The struct that a type points to.
fn pointee(of: &TypeRef) -> Option<&str> {
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

/// Typedefs of pointers are rare in the kernel.
fn is_number(of: &TypeRef) -> bool {
    matches!(
        bare(of),
        TypeRef::Named {
            space: NameSpace::Int | NameSpace::Enum | NameSpace::Typedef,
            ..
        }
    )
}

fn is_long(of: &TypeRef) -> bool {
    matches!(bare(of), TypeRef::Named { name, .. } if name.contains("long") || name.contains("64"))
}

fn bare(mut of: &TypeRef) -> &TypeRef {
    while let TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) = of {
        of = to;
    }
    of
}
