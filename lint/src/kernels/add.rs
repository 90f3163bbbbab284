//! `kernels add`: the user's own kernels, in a catalogue beside the one that is shipped.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bpf_core_btf::Btf;
use bpf_core_catalogue::{Catalogue, Writer};
use bpf_core_kernel_files::KernelTypes;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::known::own_file;

/// Reads kernels and writes the catalogue anew. If one cannot be read, nothing is written.
pub(super) fn add(files: &[PathBuf]) -> Result<String> {
    let mut writer = Writer::new();
    let own = own_file()?;
    if own.exists() {
        let bytes = fs::read(&own).with_context(|| own.display().to_string())?;
        let before = Catalogue::open(&bytes).and_then(|catalogue| writer.add_all(&catalogue));
        before.with_context(|| own.display().to_string())?;
    }
    let mut text = String::new();
    for file in files {
        for types in bpf_core_kernel_files::read(file)? {
            let name =
                add_kernel(&mut writer, &types).with_context(|| file.display().to_string())?;
            text.push_str(&format!(
                "added {name}, and {} modules\n",
                types.modules.len()
            ));
        }
    }
    let bytes = writer.finish(|block| compress_to_vec(block, CompressionLevel::Fastest));
    let folder = own.parent().context("the catalogue has no folder")?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let partial = own.with_extension("partial");
    let written = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, &own));
    written.with_context(|| own.display().to_string())?;
    text.push_str(&format!("{}\n", own.display()));
    Ok(text)
}

fn add_kernel(writer: &mut Writer, types: &KernelTypes) -> Result<String> {
    let vmlinux = Btf::parse(&types.vmlinux)?;
    let mut bases = Vec::new();
    for module in &types.modules {
        let base = module.base.as_deref().map(Btf::parse).transpose();
        bases.push(base.with_context(|| format!("`.BTF.base` of the module `{}`", module.name))?);
    }
    let mut modules = Vec::new();
    for (module, base) in types.modules.iter().zip(&bases) {
        let btf = Btf::parse_split(&module.btf, base.as_ref().unwrap_or(&vmlinux));
        let btf = btf.with_context(|| format!("the module `{}`", module.name))?;
        modules.push((module.name.as_str(), btf));
    }
    let modules: Vec<_> = modules.iter().map(|(name, btf)| (*name, btf)).collect();
    let number = writer.add(types.kernel.clone(), &vmlinux, &modules)?;
    writer.add_facts(number, &types.facts);
    Ok(types.kernel.release.clone())
}
