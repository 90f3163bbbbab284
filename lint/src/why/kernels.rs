//! Which known kernels lack what an object was refused for.

use anyhow::Result;
use bpf_core_btf::object::{Object, Place};
use bpf_core_btf::{Btf, CoreRelo, Resolver};
use bpf_core_catalogue::{Ask, KernelSet};
use serde::Serialize;

use crate::known::{Becomes, Known, phrase, shifted};

/// The kernels that lack something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Lack {
    /// `6.12.43 and later`
    pub(super) kernels: String,
    /// Their releases.
    pub(super) releases: Vec<String>,
    /// What they have instead. Empty if that is not known.
    pub(super) why: String,
}

impl Lack {
    fn of(known: &Known<'_>, kernels: &KernelSet, why: String) -> Option<Self> {
        if kernels.is_empty() {
            return None;
        }
        let all = KernelSet::first(known.kernels().len());
        let releases = kernels.iter().map(|at| known.kernels()[at].release.clone());
        Some(Self {
            kernels: phrase(known.kernels(), &all, kernels),
            releases: releases.collect(),
            why,
        })
    }

    /// Of a record: the kernels that poison its instruction.
    pub(super) fn of_record(
        known: &Known<'_>,
        object: &Object<'_>,
        (place, relo): (Place, &CoreRelo<'_>),
    ) -> Result<Option<Self>> {
        let Some(local) = object.btf() else {
            return Ok(None);
        };
        let mut ask = Ask::new();
        ask.add_relocation(local, relo);
        let mut kernels = KernelSet::default();
        let mut reason = String::new();
        for (first, catalogue) in known.catalogues() {
            let all = KernelSet::first(catalogue.kernels().len());
            for group in catalogue.types(&ask, &all)? {
                let vmlinux = Btf::parse(&group.vmlinux)?;
                let modules = group.modules.iter().map(|(_, bytes)| Btf::parse(bytes));
                let modules = modules.collect::<Result<Vec<_>, _>>()?;
                let mut resolver = Resolver::new(local, &vmlinux);
                modules
                    .iter()
                    .for_each(|module| resolver.add_module(module));
                let becomes = Becomes::of(object, &mut resolver, (place, relo));
                if let Becomes::Absent(why) | Becomes::Width(why) = becomes {
                    kernels = kernels.union(&shifted(&group.kernels, first));
                    reason = without_number(&why);
                }
            }
        }
        Ok(Self::of(known, &kernels, reason))
    }

    /// Of a function of the kernel: a kfunc, or what is attached to. `None` if no known kernel has it, as
    /// symbols that are no functions are not looked for.
    pub(super) fn of_function(known: &Known<'_>, name: &str) -> Result<Option<Self>> {
        let history = known.history(|catalogue, set| catalogue.prototype(name, set))?;
        if history.values.is_empty() {
            return Ok(None);
        }
        Ok(Self::of(known, &history.absent, String::new()))
    }

    /// Of an enumerator of the kernel's API: a helper, a type of maps.
    pub(super) fn of_enumerator(
        known: &Known<'_>,
        enum_name: &str,
        name: &str,
    ) -> Result<Option<Self>> {
        let history = known.history(|catalogue, set| catalogue.enumerator(enum_name, name, set))?;
        Ok(Self::of(known, &history.absent, String::new()))
    }
}

/// `no field `x` in [6] struct y` without the number: types of a catalogue have other ones than the kernel's.
fn without_number(why: &str) -> String {
    match why.split_once(" in [") {
        Some((before, rest)) => match rest.split_once("] ") {
            Some((_, behind)) => format!("{before} in {behind}"),
            None => why.to_owned(),
        },
        None => why.to_owned(),
    }
}
