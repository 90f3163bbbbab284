//! Prints each program's verdict on each of Debian's kernels that the tools ship, a line each: the kernel,
//! the program, the verdict, and the findings behind it.
//!
//! `cargo run -p bpf-core-portability --example verdicts OBJECT [LOADER]`

use std::error::Error;

use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, KernelSet};
use bpf_core_portability::{Loader, check};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let file = words.next().ok_or("name an object")?;
    let loader = words
        .next()
        .map_or(Ok(Loader::default()), |text| text.parse())?;
    let bytes = std::fs::read(file)?;
    let object = Object::parse(&bytes)?;
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
    let kernels = KernelSet::first(catalogue.kernels().len());
    let report = check(&object, &catalogue, &kernels, &loader)?;
    for (number, program) in report.programs.iter().enumerate() {
        for kernel in kernels.iter() {
            let about = report.findings.iter().filter(|finding| {
                finding.program.is_none_or(|other| other == number)
                    && finding.kernels().contains(kernel)
            });
            let why: Vec<String> = about
                .map(|finding| format!("{} {}", finding.rule, finding.subject))
                .collect();
            let it = &report.kernels[kernel];
            println!(
                "{}-{}-{}\t{}\t{:?}\t{}",
                it.version,
                it.architecture,
                it.flavour,
                program.name,
                program.on(kernel),
                why.join("; ")
            );
        }
    }
    Ok(())
}
