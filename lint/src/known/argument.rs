//! What the supported kernels pass as an argument of a function or tracepoint.

use anyhow::Result;
use bpf_core_catalogue::{KernelSet, NameSpace, Prototype, TypeRef};
use bpf_core_kernel_facts::flavour::essential_name;

use super::attached::{bare, pointee};
use super::supported::sets;
use super::{Attached, Supported};

/// What a program takes an argument for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// A pointer to a struct.
    Record(String),
    /// A pointer to something else.
    Pointer,
    /// Something else, or something that the source does not tell.
    Any,
}

/// What kernels pass as an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A pointer to a struct.
    Record(String),
    /// Any pointer, where a program takes it for one to no struct.
    Pointer,
    /// A number. It has a name where kernels have that name at another place.
    Number(String),
    /// What the function or hook returned.
    Result,
    /// There is no such argument.
    Nothing,
}

/// What some of the supported kernels pass.
#[derive(Clone, Debug)]
pub struct Passed {
    /// What it is.
    pub given: Given,
    /// As C declares the parameter, if it is one: `struct dentry *dentry`.
    pub declared: Option<String>,
    /// The kernels, in words.
    pub kernels: String,
}

impl Passed {
    /// Whether it is what the program means.
    #[must_use]
    pub fn fits(&self, meant: &Meant) -> bool {
        match (&self.given, meant) {
            (Given::Record(record), Meant::Record(meant)) => record == meant,
            (Given::Pointer, Meant::Pointer) => true,
            _ => false,
        }
    }
}

impl Supported<'_> {
    /// Whether only others than these kernels pass what is meant as an argument: a condition chooses the wrong one.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn passed_elsewhere(
        &self,
        argument: (&Attached, usize),
        meant: &Meant,
        kernels: &KernelSet,
    ) -> Result<bool> {
        let fit = |passed: &[Passed]| passed.iter().any(|one| one.fits(meant));
        let here = self.passed(argument, meant, kernels)?;
        Ok(
            !here.is_empty()
                && !fit(&here)
                && fit(&self.passed(argument, meant, self.kernels())?),
        )
    }

    /// What `kernels` pass as an argument, by its number from 0. Nothing, where that cannot be told of one of
    /// them. What is taken for one thing is one: a struct of another name may be the one that is `meant`.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn passed(
        &self,
        (attached, number): (&Attached, usize),
        meant: &Meant,
        kernels: &KernelSet,
    ) -> Result<Vec<Passed>> {
        let versions = self.prototypes(&attached.hook)?;
        // A chance name is seldom on all of them.
        if attached.is_guessed && sets(&versions) != *self.kernels() {
            return Ok(Vec::new());
        }
        let versions: Vec<(Prototype, KernelSet)> = versions
            .into_iter()
            .map(|(prototype, set)| (prototype, set.intersection(kernels)))
            .filter(|(_, set)| !set.is_empty())
            .collect();
        let mut found: Vec<(Given, Option<String>, KernelSet)> = Vec::new();
        for (prototype, set) in &versions {
            let Some(mut given) = given(prototype, (number, meant), attached, &versions) else {
                return Ok(Vec::new());
            };
            if let Given::Record(record) = &given {
                // Where the program has a struct of its own, what one kernel passes is what is meant.
                let before = found.iter().filter_map(|(other, ..)| match other {
                    Given::Record(other) => Some(other),
                    _ => None,
                });
                let others = match meant {
                    Meant::Record(meant) => vec![meant.clone()],
                    _ => before.cloned().collect(),
                };
                for other in others.into_iter().filter(|other| other != record) {
                    if is_renamed((record, &other), (prototype, number), &versions, self)? {
                        given = Given::Record(other);
                        break;
                    }
                }
            }
            // Declarations differ where the same struct has another qualifier or name.
            match found.iter_mut().find(|(other, _, _)| *other == given) {
                Some((_, _, all)) => *all = all.union(set),
                None => {
                    let parameter = prototype.parameters.get(number);
                    let declared =
                        parameter.map(|(name, of)| format!("{of} {name}").trim_end().to_owned());
                    found.push((given, declared, set.clone()));
                }
            }
        }
        let judged = sets(&versions);
        let found = found.into_iter().map(|(given, declared, set)| Passed {
            given,
            declared,
            kernels: self.words(&judged, &set),
        });
        Ok(found.collect())
    }
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
