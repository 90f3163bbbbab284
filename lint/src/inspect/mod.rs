//! `cargo corelint inspect`: what is in an eBPF object, for people: programs, maps, relocations, externs,
//! types and instructions.

mod disasm;
mod externs;
mod human;
mod kernel;
mod map;
mod program;
mod relocation;
mod source;
mod types;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bpf_core_btf::object::Object;
use bpf_core_btf::{BtfExt, Endian};
use clap::Args;
use serde::Serialize;

use crate::answer::Format;
use crate::known;

/// What to show of an object.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// An eBPF object, as clang, bpf-linker or `cargo build` make it
    pub object: PathBuf,
    /// Show every instruction, with source lines and relocations
    #[arg(long)]
    pub disasm: bool,
    /// Kernels to resolve relocations on: a known one (`7.3.4 amd64 cloud`), a file with types, or `running`, which is
    /// taken if none is given
    #[arg(long = "kernel", value_name = "KERNEL", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What is in an object.
#[derive(Debug, Serialize)]
struct Contents {
    object: String,
    byte_order: &'static str,
    license: Option<String>,
    programs: Vec<program::Program>,
    functions: Vec<program::Function>,
    maps: Vec<map::Map>,
    variables: Vec<map::Variables>,
    externs: Vec<externs::Extern>,
    /// The kernels that relocations are resolved on.
    kernels: Vec<String>,
    relocations: Vec<relocation::Relocation>,
    btf: Option<types::Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Vec<disasm::Code>>,
}

/// Gives the text of an answer.
///
/// # Errors
/// The object or a kernel cannot be read, or a kernel is unknown.
pub(crate) fn answer(asked: &Inspect) -> Result<String> {
    let name = asked.object.display().to_string();
    let bytes = fs::read(&asked.object).with_context(|| name.clone())?;
    let object = Object::parse(&bytes).with_context(|| name.clone())?;
    let ext = object.btf_ext().with_context(|| name.clone())?;
    let contents = contents(asked, name, &object, ext.as_ref())?;
    Ok(match asked.format {
        Format::Human => human::text(&contents),
        Format::Json => format!("{}\n", serde_json::to_string(&contents)?),
    })
}

fn contents(
    asked: &Inspect,
    name: String,
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
) -> Result<Contents> {
    let known = known::open()?;
    let sources = source::Sources::of(object, ext);
    let mut relocations = relocation::all(object, ext, &sources);
    let kernels = kernel::resolve(&known, &asked.kernels, object, ext, &mut relocations)?;
    let instructions = asked
        .disasm
        .then(|| disasm::all(object, &sources, &relocations));
    Ok(Contents {
        object: name,
        byte_order: match object.endian() {
            Endian::Little => "little",
            Endian::Big => "big",
        },
        license: object.license().map(str::to_owned),
        programs: program::programs(object),
        functions: program::functions(object),
        maps: map::maps(&known, object)?,
        variables: map::variables(object),
        externs: externs::all(object),
        kernels,
        relocations,
        btf: types::summary(object, ext),
        instructions,
    })
}
