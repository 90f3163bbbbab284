//! The examples on many kernels: each verifies itself, and both loaders load each program of their objects and
//! of those of `tests/constructs`, alone. What these do is compared with what is predicted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use setup::process::say;
use setup::workspace::Example;
use setup::{Setup, build, constructs, pages};

use crate::boot::Boot;
use crate::guests::{self, Each};
use crate::load::{self, By, Load, Objects};
use crate::payload::Payload;
use crate::pin::Kernel;
use crate::report::{Guest, Report};
use crate::verdict::{Failure, Judgement};

/// Builds what the kernels need, boots them, and prints what came of it; an error if something failed. Gives the
/// kernels that were booted.
pub(crate) fn boot(
    setup: &Setup,
    images: Each<PathBuf>,
    mut left_out: Each<String>,
) -> Result<Vec<Kernel>> {
    let mut examples = build::objects(setup)?;
    let linker = build::linker(setup)?;
    pages::build(setup, &linker)?;
    let load = Load::new(objects(setup, &linker, &examples)?, By::value_variants())?;
    examples.retain(Example::has_loader);
    examples.push(pages::example());
    let payload = examples.iter().map(|one| Payload::of_example(setup, one));
    let mut payload: Vec<Payload> = payload.collect::<Result<_>>()?;
    let names: Vec<String> = payload.iter().flat_map(Payload::runs).collect();
    payload.extend(load.payload()?);
    let start = Instant::now();
    let (booted, others) = guests::boot_with(setup, images, &payload)?;
    left_out.extend(others);

    let mut report = Report::new(&names);
    let mut outcomes = BTreeMap::new();
    for (kernel, boot) in &booted {
        let obstacle = match (&boot.obstacle, load.outcomes(boot)) {
            (Some(obstacle), _) => Some(obstacle.clone()),
            (None, Err(error)) => Some(format!("{error:#}")),
            (None, Ok(of)) => {
                outcomes.insert(kernel.clone(), of);
                None
            }
        };
        report.add(guest(kernel, boot, &names, obstacle));
    }
    for (kernel, why) in &left_out {
        report.leave_out(&kernel.to_string(), why);
    }
    print!("{}", report.text());
    let comparison = load.compare(&outcomes)?;
    print!(
        "\nprograms, each alone by libbpf and by aya:\n{}",
        comparison.summary()
    );
    say(format_args!(
        "booted {} of {} in {:.0} s; what each has said is in {}",
        report.booted(),
        report.booted() + left_out.len(),
        start.elapsed().as_secs_f64(),
        guests::folder().display()
    ));
    if report.failures() > 0 {
        bail!("{} failed, as listed", report.failures());
    }
    load::fail_if_wrong(&comparison)?;
    Ok(booted.into_iter().map(|(kernel, _)| kernel).collect())
}

/// What both loaders load, by the names that `kernels/differences.txt` has.
fn objects(setup: &Setup, linker: &Path, examples: &[Example]) -> Result<Objects> {
    let mut objects = Objects::new();
    for example in examples {
        objects.insert(example.name.clone(), example.object());
    }
    for object in constructs::build_for_guests(setup, linker)? {
        let name = object.file_stem().context("an object has a name")?;
        objects.insert(format!("constructs.o/{}", name.display()), object);
    }
    Ok(objects)
}

fn guest(kernel: &Kernel, boot: &Boot, names: &[String], obstacle: Option<String>) -> Guest {
    let run_of = |example: &String| {
        let mut runs = boot.transcript.runs.iter();
        Judgement::of(runs.find(|run| run.example == *example))
    };
    Guest {
        kernel: kernel.to_string(),
        judgements: names.iter().map(run_of).collect(),
        seconds: boot.time.as_secs_f64(),
        obstacle: obstacle.map(|what| Failure {
            what,
            said: boot.console.lines().map(str::to_owned).collect(),
        }),
    }
}
