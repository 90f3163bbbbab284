//! Minimal BTF for an example, of all kernels that the catalogue has: a guest runs the example again, and hides the
//! kernel's own BTF from it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bpf_core_btf::archive::{KernelId, Writer};
use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, KernelSet, machine};
use bpf_core_portability::minimal_of_catalogue;
use setup::workspace::Example;

/// The example that ships such a file. Its loader takes it where the kernel shows no BTF.
pub(crate) const EXAMPLE: &str = "lineage";

/// What that run is called: `kernels/guest` gives it this ending.
pub(crate) const ENDING: &str = "-without-btf";

/// Makes the file beside the object of an example.
pub(crate) fn archive(example: &Example) -> Result<PathBuf> {
    let object = example.object();
    let bytes = fs::read(&object).with_context(|| object.display().to_string())?;
    let parsed = Object::parse(&bytes)?;
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
    let all = KernelSet::first(catalogue.kernels().len());
    let mut writer = Writer::new();
    for (kernels, btf) in minimal_of_catalogue(&[parsed], &catalogue, &all)? {
        for kernel in kernels.iter().map(|at| &catalogue.kernels()[at]) {
            let machine = machine(&kernel.architecture);
            writer.add(
                KernelId::new(&kernel.release, &kernel.version, machine),
                &btf,
            );
        }
    }
    let archive = object.with_extension("btfs");
    fs::write(&archive, writer.finish())?;
    Ok(archive)
}
