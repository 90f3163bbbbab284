//! BPF instructions of the examples that are written in C too.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::bench::{compare, instructions::programs};
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
    let [mut ours, mut theirs] = [BTreeMap::new(), BTreeMap::new()];
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
    compare::print(&ours, &theirs)
}
