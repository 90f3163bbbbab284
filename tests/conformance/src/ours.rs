//! `bpf-core-btf`.

use std::collections::HashMap;
use std::error::Error;
use std::ops::Range;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, Resolver, patch};

use crate::Programs;

/// Loads an ELF object for a kernel with these types, and with modules of these.
pub fn relocate(
    object: &[u8],
    kernel: &[u8],
    modules: &[Vec<u8>],
) -> Result<Programs, Box<dyn Error>> {
    let object = Object::parse(object)?;
    let (local, ext) = (object.btf(), object.btf_ext()?);
    let (local, ext) = local.zip(ext.as_ref()).ok_or("no types")?;
    let kernel = Btf::parse(kernel)?;
    let modules: Result<Vec<_>, _> = modules
        .iter()
        .map(|module| Btf::parse_split(module, &kernel))
        .collect();
    let modules = modules?;
    let mut resolver = Resolver::new(local, &kernel);
    modules
        .iter()
        .for_each(|module| resolver.add_module(module));
    let mut code = HashMap::new();
    for relos in ext.core_relos() {
        let section = object.section(relos.name).ok_or("no section")?;
        let bytes = code.entry(relos.name).or_insert(section.data.to_vec());
        for relo in &relos.records {
            patch(bytes, &resolver.resolve(relo)?)?;
        }
    }
    let mut programs = Programs::new();
    for function in object.functions() {
        if let Some(bytes) = code.get(object.section_of(function).name) {
            let Range { start, end } = function.range();
            let program = bytes[start as usize..end as usize].to_vec();
            programs.insert(function.name.to_owned(), program);
        }
    }
    Ok(programs)
}
