//! What `portability` says of objects on the kernels that are booted.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, KernelSet};
use bpf_core_portability::{Report, Verdict, check};

use super::By;
use super::objects::Objects;
use crate::pin::Pin;

/// What is expected of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prediction {
    pub(crate) verdict: Verdict,
    /// The findings behind it: `absent-hook vfs_unlink`.
    pub(crate) why: String,
}

/// What is expected of all programs.
#[derive(Debug, Default)]
pub(crate) struct Predictions {
    /// By kernel, loader, object and program. A kernel that an object is not built for has none.
    of: BTreeMap<(String, By, String), BTreeMap<String, Prediction>>,
    /// Objects that cannot be judged, and why.
    pub(crate) unreadable: Vec<(String, String)>,
}

impl Predictions {
    /// Of all programs on a kernel, by loader and object.
    pub(crate) fn on(&self, kernel: &str) -> BTreeMap<(By, &str), BTreeMap<&str, &Prediction>> {
        let on = self.of.iter().filter(|((on, _, _), _)| on == kernel);
        let on = on.map(|((_, by, object), programs)| {
            let programs = programs.iter().map(|(name, of)| (name.as_str(), of));
            ((*by, object.as_str()), programs.collect())
        });
        on.collect()
    }

    fn add(&mut self, object: &str, by: By, report: &Report, kernels: &BTreeMap<usize, String>) {
        for (place, program) in report.programs.iter().enumerate() {
            for (&number, kernel) in kernels {
                let Some(verdict) = program.on(number) else {
                    continue;
                };
                let why = why(report, place, number);
                let key = (kernel.clone(), by, object.to_owned());
                let programs = self.of.entry(key).or_default();
                programs.insert(program.name.clone(), Prediction { verdict, why });
            }
        }
    }

    #[cfg(test)]
    pub(super) fn expect(&mut self, kernel: &str, object: &str, program: &str, verdict: Verdict) {
        let key = (kernel.to_owned(), By::Libbpf, object.to_owned());
        let why = String::new();
        let programs = self.of.entry(key).or_default();
        programs.insert(program.to_owned(), Prediction { verdict, why });
    }
}

/// Judges all objects on these kernels.
pub(crate) fn all(objects: &Objects, loaders: &[By], pins: &[Pin]) -> Result<Predictions> {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
    let mut kernels = BTreeMap::new();
    for pin in pins {
        let number = number(&catalogue, pin).with_context(|| {
            format!(
                "{} is not in the catalogue: `cargo xtask kernels catalogue` puts it there",
                pin.kernel
            )
        })?;
        kernels.insert(number, pin.kernel.to_string());
    }
    let set: KernelSet = kernels.keys().copied().collect();
    let mut predictions = Predictions::default();
    for (name, path) in objects {
        let bytes = fs::read(path).with_context(|| format!("no {}", path.display()))?;
        for &by in loaders {
            match judge(&bytes, by, &catalogue, &set) {
                Ok(report) => predictions.add(name, by, &report, &kernels),
                Err(error) => {
                    let why = format!("{error:#}");
                    predictions.unreadable.push((name.clone(), why));
                    break;
                }
            }
        }
    }
    Ok(predictions)
}

fn judge(bytes: &[u8], by: By, catalogue: &Catalogue<'_>, kernels: &KernelSet) -> Result<Report> {
    let object = Object::parse(bytes)?;
    Ok(check(&object, catalogue, kernels, &by.loader())?)
}

fn number(catalogue: &Catalogue<'_>, pin: &Pin) -> Option<usize> {
    let flavour = match pin.kernel.flavour.as_str() {
        "default" => "",
        flavour => flavour,
    };
    catalogue.kernels().iter().position(|kernel| {
        kernel.version == pin.package.version()
            && kernel.architecture == pin.kernel.architecture.name()
            && kernel.flavour == flavour
    })
}

fn why(report: &Report, program: usize, kernel: usize) -> String {
    let about = report.findings.iter().filter(|finding| {
        finding.program.is_none_or(|other| other == program) && finding.kernels().contains(kernel)
    });
    let why: Vec<String> = about
        .map(|finding| format!("{} {}", finding.rule, finding.subject))
        .collect();
    why.join("; ")
}
