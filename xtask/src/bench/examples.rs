//! BPF instructions of the examples that are written in C too.

use anyhow::{Context, Result};

use crate::bench::instructions::programs;
use crate::clang::{self, CPU};
use crate::objects;
use crate::setup::Setup;
use crate::twins;
use crate::workspace;

/// Prints a line a program: instructions of Rust, and of clang for the same in C with every read
/// checked.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    objects::build(setup)?;
    let headers = [
        &*workspace::root().join("examples/events/c"),
        &*twins::folder().join("c"),
    ];
    println!("BPF instructions of the examples, against clang-22 -O2 -mcpu={CPU}");
    println!("{:<24} {:>5} {:>5} {:>6}", "program", "rust", "c", "ratio");
    let mut total = [0; 2];
    for example in workspace::examples()? {
        let source = example.folder.join(format!("{}.bpf.c", example.name));
        if !source.exists() {
            continue;
        }
        let object = example.object().with_extension("c.o");
        clang::compile(&source, &headers, &[], &object)?;
        let ours = programs(&example.object())?;
        for (name, theirs) in programs(&object)? {
            let ours = *ours
                .get(&name)
                .with_context(|| format!("no program `{name}` in Rust"))?;
            line(&name, [ours, theirs]);
            for (total, count) in total.iter_mut().zip([ours, theirs]) {
                *total += count;
            }
        }
    }
    line("all", total);
    Ok(())
}

fn line(name: &str, [ours, theirs]: [u64; 2]) {
    println!(
        "{name:<24} {ours:>5} {theirs:>5} {:>6.2}",
        ours as f64 / theirs as f64
    );
}
