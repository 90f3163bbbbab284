//! `bpf-core-btf`.

use std::collections::HashMap;
use std::error::Error;

use bpf_core_btf::{Btf, BtfExt, Resolver, patch};
use object::read::File;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

use crate::Programs;

/// Loads an ELF object for a kernel with these types, and with modules of these.
pub fn relocate(
    object: &[u8],
    kernel: &[u8],
    modules: &[Vec<u8>],
) -> Result<Programs, Box<dyn Error>> {
    let file = File::parse(object)?;
    let section = |name| {
        file.section_by_name(name)
            .ok_or(format!("no section {name}"))
    };
    let local = Btf::parse(section(".BTF")?.data()?)?;
    let ext = BtfExt::parse(section(".BTF.ext")?.data()?, &local)?;
    let kernel = Btf::parse(kernel)?;
    let modules: Result<Vec<_>, _> = modules
        .iter()
        .map(|module| Btf::parse_split(module, &kernel))
        .collect();
    let modules = modules?;
    let mut resolver = Resolver::new(&local, &kernel);
    modules
        .iter()
        .for_each(|module| resolver.add_module(module));
    let mut code = HashMap::new();
    for relos in ext.core_relos() {
        let section = section(relos.name)?;
        let bytes = code
            .entry(section.index())
            .or_insert(section.data()?.to_vec());
        for relo in &relos.records {
            patch(bytes, &resolver.resolve(relo)?)?;
        }
    }
    let mut programs = Programs::new();
    for symbol in file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text)
    {
        if let Some(bytes) = symbol.section_index().and_then(|index| code.get(&index)) {
            let start = symbol.address() as usize;
            let program = bytes[start..start + symbol.size() as usize].to_vec();
            programs.insert(symbol.name()?.to_owned(), program);
        }
    }
    Ok(programs)
}
