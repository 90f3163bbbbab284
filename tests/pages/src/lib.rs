//! Loads the objects that `setup/src/pages.rs` makes of the linter's pages: what people are told to
//! write has to get past the verifier.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use aya::programs::{Program, ProgramError};
use aya::{Btf, BtfError, EbpfLoader};
use bpf_core_btf::object::Object;
use bpf_core_kernel_facts as facts;

/// Objects of C that aya does not take, and why.
const LIBBPF_ALONE: &[(&str, &str)] = &[
    ("hardcoded-context", FLEXIBLE),
    ("wrong-address-space", FLEXIBLE),
    ("wrong-record", FLEXIBLE),
    ("ambiguous-space", KSYSCALL),
    ("syscall-regs", KSYSCALL),
    ("unknown-ksym", "aya knows no `__ksym` of C"),
];

/// The first of `FLEXIBLE_ARRAYS` in `conformance`.
const FLEXIBLE: &str = "aya refuses an index into the flexible array `args` of `vmlinux.h`";

/// Why aya loads no program of `BPF_KSYSCALL`.
const KSYSCALL: &str = "aya knows neither the section `ksyscall` nor the `__kconfig` variable that `BPF_KSYSCALL` asks";

/// What came of an object.
#[derive(Debug)]
pub enum Loaded {
    /// The kernel has taken all its programs: this many.
    All(usize),
    /// The running kernel, or this loader, lacks what one of them needs.
    LeftOut(String),
}

/// The objects in a folder that are for this machine, by name.
///
/// # Errors
/// The folder cannot be read, or has none.
pub fn objects(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("no {}: `cargo xtask pages` makes it", folder.display()))?;
    let mut objects = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    objects.retain(|object| {
        let name = object.to_string_lossy();
        name.ends_with(".rs.o") || name.ends_with(&format!(".{}.c.o", std::env::consts::ARCH))
    });
    objects.sort();
    match objects.is_empty() {
        true => bail!("no objects in {}", folder.display()),
        false => Ok(objects),
    }
}

/// The object's name: `hardcoded-offset.rs`.
#[must_use]
pub fn name(object: &Path) -> &str {
    let name = object
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name.trim_end_matches(".o")
}

/// Loads all programs of an object by aya, and lets them go again.
///
/// # Errors
/// The object is not readable, has no program, or the kernel refuses one.
pub fn load(path: &Path) -> Result<Loaded> {
    let rule = name(path).split('.').next().unwrap_or_default();
    let is_c = name(path).ends_with(".c");
    if let Some((_, why)) = LIBBPF_ALONE.iter().find(|(name, _)| is_c && *name == rule) {
        return Ok(Loaded::LeftOut((*why).to_owned()));
    }
    let bytes = fs::read(path)?;
    let object = Object::parse(&bytes)?;
    let btf = Btf::from_sys_fs()?;
    let mut ebpf = EbpfLoader::new().btf(Some(&btf)).load(&bytes)?;
    let mut count = 0;
    let mut left_out = None;
    for function in object.programs() {
        let section = object.section_of(function).name;
        let known = facts::Program::of_section(section)
            .with_context(|| format!("`{section}` is no section of a program"))?;
        let program = ebpf
            .program_mut(function.name)
            .with_context(|| format!("aya finds no program `{}`", function.name))?;
        match example_loader::load(program, known.name(), &btf) {
            Ok(()) => count += 1,
            Err(error) => match lacks(&error, program) {
                Some(why) => left_out = Some(format!("{section}: {why}")),
                None => return Err(error).with_context(|| section.to_owned()),
            },
        }
    }
    match left_out {
        Some(why) => Ok(Loaded::LeftOut(why)),
        None if count == 0 => bail!("it has no program"),
        None => Ok(Loaded::All(count)),
    }
}

/// What the kernel lacks, if it is for that that it has not taken a program.
fn lacks(error: &ProgramError, program: &Program) -> Option<String> {
    match error {
        ProgramError::Btf(BtfError::UnknownBtfTypeName { type_name }) => {
            Some(format!("this kernel has no `{type_name}`"))
        }
        // Containers may permit kprobes and nothing that patches code. The verifier says more.
        ProgramError::LoadError {
            io_error,
            verifier_log,
        } if matches!(program, Program::FEntry(_) | Program::Lsm(_))
            && verifier_log.to_string().trim().is_empty() =>
        {
            Some(format!("this kernel permits no such program: {io_error}"))
        }
        _ => None,
    }
}
