//! BPF instructions of the examples that are written in C too.

use anyhow::Result;

use setup::build::EbpfCrate;
use setup::clang::{self, CPU};
use setup::{Setup, build, twins, workspace};

use crate::compare::{self, Numbers};
use crate::instructions::programs;

/// Prints a line a program: instructions of Rust, and of clang for the same in C with every read
/// checked.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let headers = [
        &*workspace::root().join("examples/events/c"),
        &*twins::folder().join("c"),
    ];
    println!("BPF instructions of the examples, -mcpu={CPU}, against clang-22 -O2");
    let [mut ours, mut theirs] = [Numbers::new(), Numbers::new()];
    for example in workspace::examples()? {
        let source = example.folder.join(format!("{}.bpf.c", example.name));
        if !source.exists() {
            continue;
        }
        let [rust, c] = ["bench.o", "c.o"].map(|end| example.object().with_extension(end));
        let ebpf = EbpfCrate {
            folder: &example.ebpf(),
            program: &example.name,
            target_folder: &workspace::root().join("target/bench/ebpf"),
            rustflags: Some(&format!("-Ctarget-cpu={CPU}")),
        };
        ebpf.build_as(setup, &linker, &rust)?;
        clang::compile(&source, &headers, &[], &c)?;
        ours.extend(programs(&rust)?);
        theirs.extend(programs(&c)?);
    }
    compare::print(&ours, &[("c checked", &theirs)])
}
