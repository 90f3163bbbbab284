//! Judges an eBPF object on many kernels, without booting one: which kernel refuses which program,
//! or gives it wrong values, at which instruction, and why.
//!
//! The object comes from any compiler. The kernels come from a catalogue ([`bpf_core_catalogue`]).
//!
//! | file | what it does |
//! |---|---|
//! | `program.rs` | a program with all functions that it calls, as a loader puts them together |
//! | `loader/` | the loader that resolves and loads: its version, and what that does not know |
//! | `architecture.rs` | for which architectures the object is built |
//! | `answers.rs` | what the records of an object come to on kernels that agree |
//! | `externs.rs`, `kfunc.rs` | what its externs come to: kfuncs, variables and options of the kernel |
//! | `reach/` | which instructions the verifier visits, with these answers in place |
//! | `absent.rs` | records without an answer that are reached |
//! | `hook/` | what programs are attached to |
//! | `licence.rs` | whether the object's licence is compatible with GPL |
//! | `feature/` | helpers, kfuncs, types of maps and programs |
//! | `probed.rs` | what booted kernels said, for kernels that were not asked |
//! | `visits.rs` | which kernels' verifiers visit an instruction |
//! | `changed.rs`, `shape.rs`, `sign.rs` | reads that give something else than what they mean |
//! | `misuse.rs` | memory that is used as not every verifier permits |
//! | `minimal.rs` | the types that objects need of kernels, as BTF of their own |
//! | `unfollowed.rs` | programs that are too long to follow |
//! | `invalid.rs` | records for which the loader refuses the object |
//! | `finding.rs`, `report.rs` | what is found; each program's verdict on each kernel |
//!
//! Findings and reports may get more fields. A [`Verdict`] is one of a few, of which a reader has to know each.
//!
//! A check (`absent.rs` and the like) is a function from a `Scene` to findings. [`check`] calls them all.
#![forbid(unsafe_code)]

mod absent;
mod answers;
mod architecture;
mod changed;
mod externs;
mod feature;
mod finding;
mod hook;
mod invalid;
mod kfunc;
mod licence;
mod loader;
mod minimal;
mod misuse;
mod number;
mod probed;
mod program;
mod reach;
mod report;
mod shape;
mod sign;
mod unfollowed;
mod visits;

use bpf_core_btf::object::{Object, ObjectError};
use bpf_core_catalogue::{Catalogue, KernelSet, OpenError};
use thiserror::Error;

use answers::Answers;
use probed::Probed;
use program::Program;
use reach::{Ground, Reached};

pub use finding::{Case, Effect, Finding, Rule};
pub use loader::{Loader, LoaderError};
pub use minimal::{minimal, minimal_of_catalogue};
pub use report::{Report, Verdict, Verdicts};

/// Why an object cannot be judged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The object is damaged.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The catalogue is damaged.
    #[error(transparent)]
    Catalogue(#[from] OpenError),
    /// The catalogue gave types that cannot be read.
    #[error("the catalogue's types cannot be read: {0}")]
    Types(bpf_core_btf::Error),
}

/// All that a check looks at: the object, the kernels, and the verifier's way through each program.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) object: &'a Object<'a>,
    pub(crate) programs: &'a [Program<'a>],
    pub(crate) catalogue: &'a Catalogue<'a>,
    /// The kernels to judge.
    pub(crate) kernels: &'a KernelSet,
    pub(crate) loader: &'a Loader,
    /// What the object's records come to.
    pub(crate) answers: &'a Answers,
    /// What booted kernels said.
    pub(crate) probed: &'a Probed,
    /// Options of the configuration that the object names, and the kernels that do not tell their values.
    pub(crate) unknown_options: &'a [(&'a str, KernelSet)],
    /// By program: sets of kernels, and what the verifier visits on them.
    pub(crate) reached: &'a [Vec<(KernelSet, Reached)>],
}

/// Judges every program of an object on these kernels of the catalogue.
///
/// # Errors
/// When the object or the catalogue is damaged. What a kernel lacks is no error but a [`Finding`].
///
/// An object is judged on kernels of its byte order, and one that names registers of one architecture on
/// kernels of that architecture alone: [`Report::judged`] has them.
pub fn check(
    object: &Object<'_>,
    catalogue: &Catalogue<'_>,
    kernels: &KernelSet,
    loader: &Loader,
) -> Result<Report, CheckError> {
    let ext = object.btf_ext()?;
    let programs = program::all(object, *loader);
    let answers = Answers::of(object, ext.as_ref(), catalogue, kernels)?;
    let built_for = architecture::kernels_for(object, &answers, catalogue, kernels)?;
    let kernels = &built_for;
    let externs = externs::of(object, catalogue, kernels)?;
    let ground = Ground {
        object,
        ext: ext.as_ref(),
        answers: &answers,
        externs: &externs,
        maps: object
            .maps()
            .iter()
            .map(|map| object.map_definition(map))
            .collect(),
        catalogue,
        kernels,
    };
    let reached = reach::reach(&ground, &programs);
    let scene = Scene {
        object,
        programs: &programs,
        catalogue,
        kernels,
        loader,
        answers: &answers,
        probed: &Probed::new(catalogue.kernels()),
        unknown_options: &externs::unknown_options(object, &externs),
        reached: &reached,
    };
    let mut findings = Vec::new();
    absent::check(&scene, &mut findings);
    changed::check(&scene, &mut findings);
    misuse::check(&scene, &mut findings);
    invalid::check(&scene, &mut findings);
    hook::check(&scene, &mut findings)?;
    feature::check(&scene, &mut findings)?;
    loader::check(&scene, &mut findings)?;
    unfollowed::check(&scene, &mut findings);
    Ok(Report::new(
        &programs,
        catalogue.kernels(),
        kernels,
        findings,
    ))
}
