//! Loads each program of each object in a folder alone into the running kernel, by aya, and prints a line
//! for each.

use std::fs;
use std::path::Path;

use anyhow::{Error, Result};
use aya::programs::{Program as Loaded, ProgramError};
use aya::{Btf, EbpfLoader, VerifierLogLevel};
use bpf_core_btf::object::Object;
use bpf_core_kernel_facts as facts;
use kernel_load::{End, Program};

fn main() -> Result<()> {
    example_loader::lift_memory_limit();
    let btf = Btf::from_sys_fs()?;
    kernel_load::tell_all(|path| load_all(path, &btf).map_err(|error| why(&error)))
}

fn load_all(path: &Path, btf: &Btf) -> Result<Vec<Program>> {
    let bytes = fs::read(path)?;
    let object = Object::parse(&bytes)?;
    let mut loader = EbpfLoader::new();
    loader
        .btf(Some(btf))
        .verifier_log_level(VerifierLogLevel::STATS);
    for map in object.maps() {
        let definition = object.map_definition(map);
        let entries = definition.max_entries.unwrap_or(0);
        let of_type = |map_type| kernel_load::entries(map_type, entries);
        if let Some(entries) = definition.map_type.and_then(of_type) {
            loader.map_max_entries(map.name, entries);
        }
    }
    let mut ebpf = loader.load(&bytes)?;
    let mut programs = Vec::new();
    for function in object.programs() {
        let section = object.section_of(function).name;
        let end = match ebpf.program_mut(function.name) {
            None => End::Refused("aya finds no such program".to_owned()),
            Some(Loaded::Extension(_)) => {
                End::Unasked("its loader names the program that it replaces".to_owned())
            }
            Some(program) => {
                let target = facts::Program::of_section(section);
                let target = target.map_or("", |program| program.name());
                match example_loader::load(program, target, btf) {
                    Ok(()) => End::Accepted,
                    Err(error) => End::Refused(refusal(error)),
                }
            }
        };
        programs.push(Program {
            name: function.name.to_owned(),
            section: section.to_owned(),
            end,
        });
    }
    Ok(programs)
}

/// The last line of the verifier's log; else of aya's words.
fn refusal(error: ProgramError) -> String {
    if let ProgramError::LoadError { verifier_log, .. } = &error
        && let Some(reason) = kernel_load::reason(&verifier_log.to_string())
    {
        return reason.to_owned();
    }
    why(&error.into())
}

fn why(error: &Error) -> String {
    format!("{error:#}")
}
