//! `cargo xtask kernels probe`: asks pinned kernels what their verifiers take, and writes what all said into
//! `kernel-facts`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use bpf_core_catalogue::{Catalogue, Definition};
use setup::Setup;
use setup::process::say;
use setup::workspace;

use crate::boot::Boot;
use crate::fetch::Fetcher;
use crate::guests;
use crate::payload::Payload;
use crate::pin::{self, Kernel};

/// What is asked inside of a guest.
const PROGRAM: &str = "kernel-probe";

const HEAD: &str = "\
# What kernels said when they were asked: `cargo xtask kernels probe` writes this, and
# `src/probed.rs` reads it.
";

fn file() -> PathBuf {
    workspace::root().join("kernel-facts/src/generated/probed.txt")
}

/// Writes the file anew: what kernels say whose names contain one of the words, and what the file has of the
/// others. It has all pinned kernels, or it is not written.
pub(crate) fn make(setup: &Setup, words: &[String]) -> Result<()> {
    let mut fetcher = Fetcher::default();
    let pins = pin::all()?;
    let asked = crate::chosen(pin::all()?, words)?;
    let mut images = Vec::new();
    for pin in &asked {
        match fetcher.image(pin)? {
            Ok(image) => images.push((pin.kernel.clone(), image)),
            Err(why) => bail!("{}: {why}", pin.kernel),
        }
    }
    let payload = Payload {
        package: PROGRAM.to_owned(),
        program: PROGRAM.to_owned(),
        beside: vec![("kfuncs.txt".to_owned(), kfuncs()?)],
    };
    let (all, left_out) = guests::ask(setup, images, &[payload], said)?;
    if let Some((kernel, why)) = left_out.first() {
        bail!("{kernel}: {why}");
    }
    let mut before = read(&fs::read_to_string(file())?)?;
    let mut kernels = Vec::new();
    let mut answers = Vec::new();
    for pin in &pins {
        let name = name(&pin.kernel, pin.package.version());
        let said = all.get(&pin.kernel).cloned().or(before.remove(&name));
        answers.push(said.with_context(|| format!("{name} was never asked: name it too"))?);
        kernels.push(name);
    }
    let text = text(&kernels, &answers);
    fs::write(file(), &text)?;
    say(format_args!(
        "{} kernels in {} bytes: {}",
        kernels.len(),
        text.len(),
        file().display()
    ));
    Ok(())
}

/// The functions that some kernel says programs may call: older kernels do not mark them.
fn kfuncs() -> Result<PathBuf> {
    let bytes = fs::read(crate::catalogue::file())?;
    let catalogue = Catalogue::open(&bytes)?;
    let mut names = BTreeSet::new();
    catalogue.for_each(|entry| {
        if let Ok(Definition::Function { tags, .. }) = entry.definition()
            && tags.iter().any(|tag| tag == "bpf_kfunc")
        {
            names.insert(entry.name.to_owned());
        }
    })?;
    let folder = workspace::root().join("target/kernels");
    fs::create_dir_all(&folder)?;
    let file = folder.join("kfuncs.txt");
    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    fs::write(&file, lines)?;
    Ok(file)
}

/// As a catalogue has it: version, architecture, flavour.
fn name(kernel: &Kernel, version: &str) -> String {
    let flavour = match kernel.flavour.as_str() {
        "default" => "",
        flavour => flavour,
    };
    let name = format!("{version} {} {flavour}", kernel.architecture.name());
    name.trim_end().to_owned()
}

/// A question and one of its answers.
type Fact = (String, String, String);

/// What a kernel answered.
fn said(boot: &Boot) -> Result<BTreeSet<Fact>> {
    let run = boot.transcript.runs.first().context("nothing was asked")?;
    if !run.succeeded() {
        bail!("{}", run.output.join("; "));
    }
    let mut facts = BTreeSet::new();
    for line in &run.output {
        let mut parts = line.split('\t');
        if let (Some(what), Some(of), Some(items)) = (parts.next(), parts.next(), parts.next()) {
            for item in items.split_whitespace() {
                facts.insert((what.to_owned(), of.to_owned(), item.to_owned()));
            }
        }
    }
    Ok(facts)
}

/// What the file has of each kernel: [`text`] backwards.
fn read(text: &str) -> Result<BTreeMap<String, BTreeSet<Fact>>> {
    let lines = || text.lines();
    let kernels = lines().filter_map(|line| line.strip_prefix("kernel "));
    let kernels: Vec<&str> = kernels.collect();
    let mut all: BTreeMap<String, BTreeSet<Fact>> = BTreeMap::new();
    for line in lines() {
        let [what, of, mask, items] = line.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        let mask = u64::from_str_radix(mask, 16).with_context(|| format!("no mask: {line}"))?;
        for (_, kernel) in (0..).zip(&kernels).filter(|(bit, _)| mask >> bit & 1 != 0) {
            let facts = all.entry((*kernel).to_owned()).or_default();
            for of in of.split(',') {
                let items = items.split(' ');
                facts.extend(items.map(|item| (what.to_owned(), of.to_owned(), item.to_owned())));
            }
        }
    }
    Ok(all)
}

/// The kernels, a line each; then questions with a set of kernels, as a hexadecimal mask, and the answers
/// that these gave. Rows with the same answers share a line.
fn text(kernels: &[String], answers: &[BTreeSet<Fact>]) -> String {
    let mut masks: BTreeMap<&Fact, u64> = BTreeMap::new();
    for (number, facts) in answers.iter().enumerate() {
        for fact in facts {
            *masks.entry(fact).or_default() |= 1 << number;
        }
    }
    let mut lists: BTreeMap<(&str, &str, u64), Vec<&str>> = BTreeMap::new();
    for ((what, of, item), mask) in masks {
        lists.entry((what, of, mask)).or_default().push(item);
    }
    let mut rows: BTreeMap<(&str, u64, String), Vec<&str>> = BTreeMap::new();
    for ((what, of, mask), mut items) in lists {
        items.sort_by_key(|item| (item.parse::<u32>().unwrap_or(0), *item));
        rows.entry((what, mask, items.join(" ")))
            .or_default()
            .push(of);
    }
    let mut text = HEAD.to_owned();
    for kernel in kernels {
        let _ = writeln!(text, "kernel {kernel}");
    }
    for ((what, mask, items), of) in rows {
        let _ = writeln!(text, "{what}\t{}\t{mask:x}\t{items}", of.join(","));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let before = fs::read_to_string(file()).unwrap();
        let said = read(&before).unwrap();
        let kernels = before
            .lines()
            .filter_map(|line| line.strip_prefix("kernel "));
        let kernels: Vec<String> = kernels.map(str::to_owned).collect();
        let answers: Vec<_> = kernels.iter().map(|kernel| said[kernel].clone()).collect();
        assert_eq!(text(&kernels, &answers), before);
    }
}
