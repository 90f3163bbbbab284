//! BPF instructions of the examples that are written in C too.

use anyhow::Result;

use setup::clang::{self, CPU};
use setup::{Setup, build, twins, workspace};

use crate::compare::{self, Numbers};
use crate::instructions::programs;

/// Prints a line a program: instructions of Rust, and of clang for the same in C with every read
/// checked.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    build::all(setup)?;
    let headers = [
        &*workspace::root().join("examples/events/c"),
        &*twins::folder().join("c"),
    ];
    println!("BPF instructions of the examples, against clang-22 -O2 -mcpu={CPU}");
    let [mut ours, mut theirs] = [Numbers::new(), Numbers::new()];
    for example in workspace::examples()? {
        let source = example.folder.join(format!("{}.bpf.c", example.name));
        if !source.exists() {
            continue;
        }
        let object = example.object().with_extension("c.o");
        clang::compile(&source, &headers, &[], &object)?;
        ours.extend(programs(&example.object())?);
        theirs.extend(programs(&object)?);
    }
    compare::print(&ours, &[("c checked", &theirs)])
}
