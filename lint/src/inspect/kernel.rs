//! What the records of an object become on kernels.

use anyhow::Result;
use bpf_core_btf::insn::{Patched, patch};
use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, BtfExt, Resolution, Resolver, Width};
use bpf_core_catalogue::Ask;

use super::relocation::{Becomes, Relocation};
use crate::known::{Known, Target};

/// Resolves all records on each kernel, and gives the kernels' names.
pub(super) fn resolve(
    known: &Known<'_>,
    asked: &[String],
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
    relocations: &mut [Relocation],
) -> Result<Vec<String>> {
    let Some((local, ext)) = object.btf().zip(ext) else {
        return Ok(Vec::new());
    };
    let mut ask = Ask::new();
    for (_, relo) in object.records(ext) {
        ask.add_relocation(local, relo);
    }
    let mut targets = Vec::new();
    for text in asked {
        targets.extend(Target::of(known, text, &ask)?);
    }
    if asked.is_empty() && !relocations.is_empty() {
        targets.extend(Target::running()?);
    }
    for target in &targets {
        let column =
            target.with(|vmlinux, modules| column(object, local, ext, vmlinux, modules))?;
        for (relocation, becomes) in relocations.iter_mut().zip(column) {
            relocation.becomes.push(becomes);
        }
    }
    Ok(targets.into_iter().map(|target| target.name).collect())
}

/// What each instruction becomes on one kernel. In file order: the resolver remembers.
fn column(
    object: &Object<'_>,
    local: &Btf<'_>,
    ext: &BtfExt<'_>,
    vmlinux: &Btf<'_>,
    modules: &[Btf<'_>],
) -> Vec<Becomes> {
    let mut resolver = Resolver::new(local, vmlinux);
    modules
        .iter()
        .for_each(|module| resolver.add_module(module));
    let records = object.records(ext).map(|(place, relo)| {
        let resolution = match resolver.resolve(relo) {
            Ok(resolution) => resolution,
            Err(error) => return Becomes::Refused(error.fault.to_string()),
        };
        // Of the section, the one instruction.
        let code = object.sections()[place.section].data;
        let code = code.get(place.at as usize..).unwrap_or(&[]);
        let mut code = code.get(..16).unwrap_or(code).to_vec();
        let mut here = resolution.clone();
        here.relo.insn_off = 0;
        match (patch(&mut code, &here), resolution.value) {
            (Err(error), _) => Becomes::Refused(error.to_string()),
            (Ok(_), None) => Becomes::Absent(why(&resolution)),
            (Ok(Patched::Poisoned), _) => Becomes::Width(sizes(&resolution)),
            (Ok(Patched::Value { .. }), Some(value)) => Becomes::Value(value),
        }
    });
    records.collect()
}

fn why(resolution: &Resolution<'_>) -> String {
    let mut reasons: Vec<String> = resolution
        .rejected
        .iter()
        .map(|rejected| rejected.why.to_string())
        .collect();
    reasons.dedup();
    match &reasons[..] {
        [] => "no type of that name".to_owned(),
        some => some.join(", "),
    }
}

fn sizes(resolution: &Resolution<'_>) -> String {
    match resolution.width {
        Width::Incompatible { local, target } => {
            format!("the field has {target} bytes, and the load or store {local}")
        }
        _ => "the field has another size".to_owned(),
    }
}
