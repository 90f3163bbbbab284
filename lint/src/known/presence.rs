//! Which supported kernels have what a program is attached to.

use std::collections::HashSet;

use anyhow::Result;
use bpf_core_catalogue::{Catalogue, History, KernelSet, NameSpace, OpenError};
use bpf_core_kernel_facts::{Program, target};

use super::supported::sets;
use super::{Guard, Supported};

/// What a compiler adds to the name of a function that it changed. Whether it does is a matter of its version.
const CHANGED: [&str; 3] = [".isra.0", ".constprop.0", ".part.0"];

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

impl Supported<'_> {
    /// The kernels that have the hook of a program, and those that lack it, where guards hold. Nothing, where the section does not tell
    /// the hook, a module has it, or no supported kernel has it: then a loader chooses another.
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
    let nobody_knows = || History {
        values: Vec::new(),
        absent: KernelSet::default(),
    };
    let (has, known) = match target {
        target::Target::Function(name) => {
            let Some(has) = in_types(catalogue, name)? else {
                return Ok(nobody_knows());
            };
            // The verifier takes the address from the kernel's symbols.
            let inlined = catalogue.symbol(name)?.absent();
            (has.difference(&inlined), all.clone())
        }
        target::Target::Lsm(_) | target::Target::TypedTracepoint(_) => {
            let name = target.btf_name().unwrap_or_default();
            match in_types(catalogue, &name)? {
                Some(has) => (has, all.clone()),
                None => return Ok(nobody_knows()),
            }
        }
        target::Target::RawTracepoint(name) | target::Target::Event(name) => {
            match in_types(catalogue, &format!("btf_trace_{name}"))? {
                Some(has) => (has, all.clone()),
                None => return Ok(nobody_knows()),
            }
        }
        target::Target::Probe(name) => {
            let symbol = catalogue.symbol(name)?;
            if !symbol.modules.is_empty() {
                return Ok(nobody_knows());
            }
            let mut has = symbol.code;
            for suffix in CHANGED {
                has = has.union(&catalogue.symbol(&format!("{name}{suffix}"))?.code);
            }
            (has, symbol.known)
        }
        _ => return Ok(nobody_knows()),
    };
    Ok(match has.is_empty() {
        true => nobody_knows(),
        false => History {
            absent: known.difference(&has),
            values: vec![((), has)],
        },
    })
}

/// The kernels that have a function or a typedef. `None` if modules have it.
fn in_types(catalogue: &Catalogue<'_>, name: &str) -> Result<Option<KernelSet>, OpenError> {
    let mut entries = catalogue.functions_named(name)?;
    entries.extend(catalogue.types_named(name)?);
    let is_hook = |space| matches!(space, NameSpace::Function | NameSpace::Typedef);
    entries.retain(|entry| entry.name == name && is_hook(entry.space));
    let mut has = KernelSet::default();
    for (module, kernels) in entries.into_iter().flat_map(|entry| entry.owners) {
        if module.is_some() {
            return Ok(None);
        }
        has = has.union(kernels);
    }
    Ok(Some(has))
}
