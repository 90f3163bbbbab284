//! Boots many kernels in qemu, and lets every example's one object verify itself in each:
//! `cargo xtask kernels`.
//!
//! - `choose.rs`, `catalogue.rs`: many more of Debian's, in the one file that the tools ship
//! - `enumerators.rs`: enumerators that move, for the linter
//! - `archive.rs`, `package.rs`, `pin.rs`: which packages; `renew.rs`: when they are gone; `served.rs`: what there is
//! - `probe.rs`: what their verifiers take; `load/`: what they make of any object's programs
//! - `mirror.rs`, `fetch.rs`: the kernel out of a package
//! - `guests.rs`: two guests at a time; `payload.rs`, `programs.rs`, `initramfs.rs`: what one runs; `apt.rs`,
//!   `libraries.rs`: what that is linked with
//! - `hidden.rs`: types for an example from which a guest hides those of its kernel
//! - `boot.rs`, `unpacked.rs`: qemu; `transcript.rs`: what the guest said
//! - `examples.rs`: the examples, and what loaders do; `verdict.rs`: what a guest says of an example;
//!   `report.rs`: the table

mod apt;
mod archive;
mod boot;
mod catalogue;
mod choose;
mod enumerators;
mod examples;
mod fetch;
mod guests;
mod hidden;
mod initramfs;
mod libraries;
mod load;
mod mirror;
mod pack;
mod package;
mod payload;
mod pin;
mod probe;
mod programs;
mod renew;
mod report;
mod served;
mod transcript;
mod unpacked;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use setup::Setup;
use setup::process::say;

use crate::fetch::Fetcher;
use crate::pin::{Architecture, Kernel, Pin};

/// Every example on many kernels, booted in qemu, as one table; and what libbpf and aya do there with the
/// examples' objects and with those of `tests/constructs`, beside what is predicted.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask kernels",
    args_conflicts_with_subcommands = true
)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Boot the kernels whose names contain a word, as `6.12` or `arm64-cloud`; all without one.
    words: Vec<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Boot three of the smallest, as `cargo xtask test` does.
    Three,
    /// Write the kernels of catalogue/debian/SHA256SUMS into catalogue/debian/debian.kernels.
    Catalogue,
    /// Choose anew which of Debian's kernels are in catalogue/debian/SHA256SUMS.
    Choose,
    /// Load each program of objects alone into many kernels, and compare with what is predicted.
    Load(load::Arguments),
    /// Write kernel-facts/src/generated/enumerators.txt anew, out of the pinned kernels.
    Enumerators,
    /// Ask pinned kernels what they take, and write it into kernel-facts/src/generated/probed.txt.
    Probe {
        /// Ask the kernels whose names contain a word, and keep what the others said; all without one.
        words: Vec<String>,
    },
    /// Renew what kernels/SHA256SUMS has of packages that the mirror has no more.
    Pin,
}

fn main() -> ExitCode {
    let args = Args::parse();
    setup::process::report(match args.command {
        Some(Command::Load(arguments)) => {
            setup::for_test().and_then(|setup| load::run(&setup, &arguments))
        }
        Some(Command::Three) => setup::for_test().and_then(|setup| run_three(&setup)),
        Some(Command::Catalogue) => catalogue::make(),
        Some(Command::Choose) => choose::renew(),
        Some(Command::Enumerators) => enumerators::make(),
        Some(Command::Probe { words }) => {
            setup::for_build().and_then(|setup| probe::make(&setup, &words))
        }
        Some(Command::Pin) => renew::renew_pins(),
        None => setup::for_test().and_then(|setup| run(&setup, &args.words)),
    })
}

/// Boots the kernels whose names contain one of the words, all without any, and prints a table.
/// Fails if a kernel or an example did, or if there was none.
fn run(setup: &Setup, words: &[String]) -> Result<()> {
    let pins = chosen(pin::all()?, words)?;
    let mut fetcher = Fetcher::default();
    let mut left_out = Vec::new();
    let mut images = Vec::new();
    for pin in pins {
        match fetcher.image(&pin)? {
            Ok(image) => images.push((pin.kernel, image)),
            Err(why) => left_out.push((pin.kernel, why)),
        }
    }
    let booted = examples::boot(setup, images, left_out)?;
    if booted.is_empty() {
        bail!("no kernel was booted");
    }
    Ok(())
}

/// Boots three of the cloud flavour, which is the smallest: the oldest and newest for amd64, and the
/// newest for arm64, of those that can be had. Where there are less, says so.
fn run_three(setup: &Setup) -> Result<()> {
    let pins = pin::all()?;
    let of = |architecture| {
        let of = move |pin: &&Pin| {
            pin.kernel.architecture == architecture && pin.kernel.flavour == "cloud"
        };
        pins.iter().filter(of)
    };
    let mut fetcher = Fetcher::default();
    let mut left_out = Vec::new();
    let mut images: Vec<(Kernel, PathBuf)> = Vec::new();
    let mut first_of = |pins: &mut dyn Iterator<Item = &Pin>| -> Result<()> {
        for pin in pins {
            match fetcher.image(pin)? {
                Ok(image) => {
                    images.push((pin.kernel.clone(), image));
                    break;
                }
                Err(why) => left_out.push((pin.kernel.clone(), why)),
            }
        }
        Ok(())
    };
    first_of(&mut of(Architecture::Amd64))?;
    first_of(&mut of(Architecture::Amd64).rev())?;
    first_of(&mut of(Architecture::Arm64).rev())?;
    let booted = examples::boot(setup, images, left_out)?;
    if booted.len() < 3 {
        say(format_args!(
            "left out: only {} of three kernels could be booted here, for the reasons above",
            booted.len()
        ));
    }
    Ok(())
}

fn chosen(pins: Vec<Pin>, words: &[String]) -> Result<Vec<Pin>> {
    for word in words {
        let has_word = |pin: &Pin| pin.kernel.to_string().contains(word);
        if !pins.iter().any(has_word) {
            let names: Vec<String> = pins.iter().map(|pin| pin.kernel.to_string()).collect();
            bail!("no kernel's name contains `{word}`: {}", names.join(" "));
        }
    }
    let is_asked_for = |pin: &Pin| {
        let name = pin.kernel.to_string();
        words.is_empty() || words.iter().any(|word| name.contains(word))
    };
    Ok(pins.into_iter().filter(is_asked_for).collect())
}
