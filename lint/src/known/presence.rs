//! Which supported kernels have what a program is attached to.

use std::collections::HashSet;

use anyhow::Result;
use bpf_core_catalogue::{Catalogue, History, KernelSet, OpenError, Presence};
use bpf_core_kernel_facts::{Program, target};

use super::supported::sets;
use super::{Guard, Supported};

/// The kernels that have a hook, and those that lack it.
#[derive(Clone, Debug, Default)]
pub struct Hooked {
    /// Those that have it.
    pub has: KernelSet,
    /// Those that lack it as all builds of their series do, where another series of the same build has it.
    pub absent: KernelSet,
    /// Those of them that are later than one that has it: it was renamed, removed or inlined.
    pub lacks: KernelSet,
    /// The latter, in words.
    pub kernels: String,
}

impl Hooked {
    /// Whether each of two hooks is on kernels where the other is not: a loader has a choice.
    #[must_use]
    pub fn complements(&self, other: &Self) -> bool {
        let fills = |one: &Self, other: &Self| !one.absent.intersection(&other.has).is_empty();
        fills(self, other) && fills(other, self)
    }

    /// Whether another hook is on all kernels that lack this one, and not on all others.
    #[must_use]
    pub fn is_followed_by(&self, other: &Self) -> bool {
        self.lacks.difference(&other.has).is_empty() && !other.absent.is_empty()
    }
}

/// Whether a loader has to choose between two hooks. Where the names begin alike, one was made of the other:
/// `scx_bpf_dispatch` became `scx_bpf_dsq_insert`.
#[must_use]
pub fn is_choice((name, one): (&str, &Hooked), (other_name, other): (&str, &Hooked)) -> bool {
    one.complements(other) || are_alike(name, other_name) && one.is_followed_by(other)
}

/// Whether the names of two hooks begin alike.
fn are_alike(one: &str, other: &str) -> bool {
    const ENOUGH: usize = 8;
    let target = |section: &str| section.rsplit('/').next().unwrap_or_default().to_owned();
    let (one, other) = (target(one), target(other));
    let pairs = one.chars().zip(other.chars());
    one != other && pairs.take_while(|(a, b)| a == b).count() >= ENOUGH
}

impl Supported<'_> {
    /// The kernels that have the hook of a program, and those that lack it, where guards hold. Nothing, where the
    /// section does not tell the hook, a module has it, or no supported kernel has it: then a loader chooses another.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn hooked(&self, program: &Program<'_>, guards: &[Guard]) -> Result<Hooked> {
        let Some(target) = target::Target::of(program) else {
            return Ok(Hooked::default());
        };
        let history = self
            .known
            .history(|catalogue, set| presence(catalogue, target, set))?;
        let has = self.holding(guards.iter(), sets(&history.values))?;
        let has = has.intersection(self.kernels());
        let absent = self.holding(guards.iter(), history.absent)?;
        let absent = absent.intersection(self.kernels());
        let kernels = self.known.kernels();
        let build = |at: usize| (&kernels[at].architecture, &kernels[at].flavour);
        let builds: HashSet<_> = has.iter().map(build).collect();
        let of_builds = |set: &KernelSet| {
            let of_builds = set.iter().filter(|at| builds.contains(&build(*at)));
            of_builds.collect::<KernelSet>()
        };
        // What one build of a series lacks is a matter of its configuration or compiler.
        let series = |at: usize| kernels[at].numbers()[..2].to_vec();
        let with: HashSet<_> = has.iter().map(series).collect();
        let absent = of_builds(&absent);
        let of_series = absent.iter().filter(|at| !with.contains(&series(*at)));
        let absent: KernelSet = of_series.collect();
        let oldest = has.iter().map(series).min();
        let is_later = |at: &usize| oldest.as_ref().is_some_and(|oldest| series(*at) > *oldest);
        let lacks = absent.iter().filter(is_later).collect();
        Ok(Hooked {
            kernels: self.words(&of_builds(&has.union(&absent)), &lacks),
            has,
            lacks,
            absent,
        })
    }
}

/// The kernels of a catalogue that have a hook, and those that lack it.
fn presence(
    catalogue: &Catalogue<'_>,
    target: target::Target<'_>,
    all: &KernelSet,
) -> Result<History<()>, OpenError> {
    let (has, known) = match target {
        target::Target::Function(name) => {
            // The verifier takes the address from the kernel's symbols.
            let inlined = catalogue.symbol(name)?.absent();
            let has = alone(catalogue.function(name)?);
            (has.difference(&inlined), all.clone())
        }
        target::Target::Lsm(name) => {
            let function = target::lsm_function(name);
            (alone(catalogue.function(&function)?), all.clone())
        }
        target::Target::TypedTracepoint(name)
        | target::Target::RawTracepoint(name)
        | target::Target::Event(name) => (alone(catalogue.tracepoint(name)?), all.clone()),
        target::Target::Probe(name) => {
            let symbol = catalogue.symbol(name)?;
            let mut has = Presence::default();
            has.modules = symbol.modules;
            // Whether a compiler changes it is a matter of its version.
            let changed = catalogue.changed(name)?.into_iter();
            has.there = changed.fold(symbol.code, |all, (_, kernels)| all.union(&kernels));
            (alone(has), symbol.known)
        }
        _ => Default::default(),
    };
    // Nobody knows where a hook is that no kernel has itself.
    let absent = match has.is_empty() {
        true => KernelSet::default(),
        false => known.difference(&has),
    };
    let values = Vec::from_iter((!has.is_empty()).then_some(((), has)));
    Ok(History { values, absent })
}

/// The kernels that have something themselves; none if a module has it.
fn alone(of: Presence) -> KernelSet {
    match of.modules.is_empty() {
        true => of.there,
        false => KernelSet::default(),
    }
}
