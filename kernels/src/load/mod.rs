//! `cargo xtask kernels load`: has many kernels load each program of given objects alone, by libbpf or by
//! aya, and compares what they do with what `portability` predicts.
//!
//! - `objects.rs`: what is loaded; `by.rs`: the loaders; `kernels/load` does it in a guest
//! - `outcome.rs`: what a kernel did; `prediction.rs`: what was expected
//! - `comparison.rs`: both; `known.rs`: differences that are understood; `print.rs`: the result

mod by;
mod comparison;
mod known;
mod objects;
mod outcome;
mod prediction;
mod print;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use setup::Setup;
use setup::process::say;

use crate::boot::Boot;
use crate::fetch::Fetcher;
use crate::guests;
use crate::payload::{LOADERS, Payload};
use crate::pin::{self, Kernel, Pin};

pub(crate) use by::By;
use known::Known;
pub(crate) use objects::Objects;
pub(crate) use outcome::Outcome;
use print::Comparison;

/// What to load, and where.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Objects, or folders with objects.
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// The kernels whose names contain a word, as `6.12,arm64-cloud`; all without it.
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    kernels: Vec<String>,
    /// By which loaders.
    #[arg(
        long = "by",
        value_enum,
        value_name = "LOADERS",
        value_delimiter = ',',
        default_values_t = [By::Libbpf]
    )]
    loaders: Vec<By>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Objects for guests to load, and the loaders.
pub(crate) struct Load {
    objects: Objects,
    loaders: Vec<By>,
    known: Known,
}

impl Load {
    pub(crate) fn new(objects: Objects, loaders: &[By]) -> Result<Self> {
        Ok(Self {
            objects,
            loaders: loaders.to_vec(),
            known: Known::read()?,
        })
    }

    /// What a guest takes.
    pub(crate) fn payload(&self) -> Result<Vec<Payload>> {
        let folder = guests::folder().join("objects");
        objects::stage(&self.objects, &folder)?;
        let payload = self.loaders.iter().map(|by| Payload {
            package: LOADERS.to_owned(),
            program: by.program().to_owned(),
            beside: vec![(format!("{}.o", by.program()), folder.clone())],
        });
        Ok(payload.collect())
    }

    /// What a kernel made of them.
    pub(crate) fn outcomes(&self, boot: &Boot) -> Result<Vec<Outcome>> {
        let loaders = self.loaders.iter();
        let outcomes = loaders.map(|&by| outcome::all(boot, by));
        Ok(outcomes.collect::<Result<Vec<_>>>()?.concat())
    }

    /// Compares what kernels have said with what is expected of them.
    pub(crate) fn compare(&self, outcomes: &BTreeMap<Kernel, Vec<Outcome>>) -> Result<Comparison> {
        let (booted, others): (Vec<Pin>, Vec<Pin>) = pin::all()?
            .into_iter()
            .partition(|pin| outcomes.contains_key(&pin.kernel));
        let predictions = prediction::all(&self.objects, &self.loaders, &booted)?;
        let outcomes = outcomes.iter();
        let outcomes = outcomes.map(|(kernel, of)| (kernel.to_string(), of.clone()));
        let (mut cases, unheard) = comparison::compare(&outcomes.collect(), &predictions);
        let mut stale = self.known.explain(&mut cases);
        if !others.is_empty() {
            // A line may be for one of these.
            stale.clear();
        }
        Ok(Comparison {
            cases,
            unheard,
            unreadable: predictions.unreadable,
            stale,
            left_out: Vec::new(),
        })
    }
}

/// Fails if there is a difference that is not known.
pub(crate) fn fail_if_wrong(comparison: &Comparison) -> Result<()> {
    match comparison.wrong() {
        0 => Ok(()),
        wrong => bail!(
            "{wrong} differences between what kernels do and what `bpf-core-portability` says, as listed: \
             mend it, or write each with its reason into kernels/differences.txt"
        ),
    }
}

/// Boots the kernels, has them load all programs, and prints what came of it.
pub(crate) fn run(setup: &Setup, arguments: &Arguments) -> Result<()> {
    let load = Load::new(objects::find(&arguments.objects)?, &arguments.loaders)?;
    let pins = crate::chosen(pin::all()?, &arguments.kernels)?;
    let mut fetcher = Fetcher::default();
    let mut left_out = Vec::new();
    let mut images = Vec::new();
    for pin in &pins {
        match fetcher.image(pin)? {
            Ok(image) => images.push((pin.kernel.clone(), image)),
            Err(why) => left_out.push((pin.kernel.clone(), why)),
        }
    }
    let (outcomes, others) =
        guests::ask(setup, images, &load.payload()?, |boot| load.outcomes(boot))?;
    left_out.extend(others);
    if outcomes.is_empty() {
        bail!("no kernel was booted");
    }
    let mut comparison = load.compare(&outcomes)?;
    comparison.left_out = left_out
        .into_iter()
        .map(|(kernel, why)| (kernel.to_string(), why))
        .collect();
    match arguments.format {
        Format::Human => print!("{}", comparison.text()),
        Format::Json => println!("{}", comparison.json()?),
    }
    say(format_args!("{} kernels booted", outcomes.len()));
    fail_if_wrong(&comparison)
}
