//! What the records of an object become on kernels.

use anyhow::Result;
use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, BtfExt, Resolver};
use bpf_core_catalogue::Ask;

use super::relocation::Relocation;
use crate::known::{Becomes, Known, Target};

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
    let records = object.records(ext);
    let column = records.map(|record| Becomes::of(object, &mut resolver, record));
    column.collect()
}
