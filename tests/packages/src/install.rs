//! The linker and the linter are built from the `.crate` files alone, and are run on a program that
//! uses the packaged `bpf-core`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use bpf_core_btf::Spec;
use bpf_core_btf::object::Object;
use cargo_metadata::Package;
use setup::build::{self, EbpfCrate};
use setup::process::run;
use setup::toolchain::host_cargo;
use setup::{Setup, workspace};

const PROGRAM: &str = r#"#![no_std]
#![no_main]
#![allow(non_camel_case_types)]

use bpf_core::{CoreStruct, core_read};

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
    real_parent: *const task_struct,
}

#[unsafe(no_mangle)]
#[unsafe(link_section = "raw_tp/sched_process_exit")]
extern "C" fn program(task: *const task_struct) -> i64 {
    match core_read!(task, real_parent, tgid) {
        Ok(tgid) => tgid.into(),
        Err(error) => error.into(),
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
"#;

/// What the object of the program asks.
const RECORDS: [&str; 2] = [
    "byte_off struct task_struct.real_parent",
    "byte_off struct task_struct.tgid",
];

/// What the program would be with the offset of one kernel.
const FROZEN: &str = r#"
#[unsafe(no_mangle)]
extern "C" fn frozen(task: *const task_struct) -> u64 {
    let start: *const u64 = task.wrapping_byte_add(3056).cast();
    bpf_core::probe_read_kernel(start).unwrap_or(1)
}
"#;

#[test]
fn linker_and_linter_run_from_their_packages() -> Result<()> {
    let setup = setup::for_build()?;
    let packages = workspace::published()?;
    let folder = workspace::root().join("target/packages");
    let unpacked = folder.join("unpacked");
    unpack(&packages, &folder, &unpacked)?;

    let patches = patches(&packages, &unpacked);
    fs::write(
        unpacked.join("Cargo.toml"),
        format!("[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n\n{patches}"),
    )?;
    let lock = workspace::root().join("Cargo.lock");
    fs::copy(&lock, unpacked.join("Cargo.lock")).with_context(|| lock.display().to_string())?;
    let built = |name| program(&setup, &unpacked, &folder.join("built"), name);
    let (linker, linter) = (built("bpf-core-linker")?, built("cargo-corelint")?);

    let program = folder.join("program");
    write_program(&program, PROGRAM, &patches)?;
    try_linker(&setup, &linker, &program, &folder.join("program.o"))?;
    try_linter(&linter, &program)
}

/// The name that the package's file and folder have.
fn stem(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

/// Makes the `.crate` files and unpacks them, each in a folder of `unpacked`.
fn unpack(packages: &[Package], folder: &Path, unpacked: &Path) -> Result<()> {
    let mut cargo = Command::new(host_cargo());
    // Not verified: that would build each of them in a folder of its own, and here they are built
    // anyhow.
    cargo
        .args(["package", "--no-verify", "--allow-dirty", "--target-dir"])
        .arg(folder)
        .current_dir(workspace::root());
    for package in packages {
        cargo.args(["--package", package.name.as_str()]);
    }
    run(&mut cargo)?;
    if unpacked.exists() {
        fs::remove_dir_all(unpacked)?;
    }
    fs::create_dir_all(unpacked)?;
    for package in packages {
        let file = folder.join(format!("package/{}.crate", stem(package)));
        run(Command::new("tar")
            .arg("-xzf")
            .arg(file)
            .arg("-C")
            .arg(unpacked))?;
    }
    Ok(())
}

/// Has each crate taken from its folder: no registry has it.
fn patches(packages: &[Package], unpacked: &Path) -> String {
    let mut patches = "[patch.crates-io]\n".to_owned();
    for package in packages {
        let folder = unpacked.join(stem(package));
        let _ = writeln!(patches, "{} = {{ path = {folder:?} }}", package.name);
    }
    patches
}

/// Builds a packaged program and says where it is.
fn program(setup: &Setup, unpacked: &Path, target_folder: &Path, name: &str) -> Result<PathBuf> {
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--package", name, "--bin", name, "--target-dir"])
        .arg(target_folder)
        .current_dir(unpacked);
    let built = build::programs(&mut cargo)?.pop();
    built.with_context(|| format!("`{name}` builds no program"))
}

fn write_program(folder: &Path, source: &str, patches: &str) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/main.rs"), source)?;
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nbpf-core = \"*\"\n\n\
         [profile.release]\ndebug = 2\n\n[profile.dev]\npanic = \"abort\"\n\n[workspace]\n\n{patches}"
    );
    Ok(fs::write(folder.join("Cargo.toml"), manifest)?)
}

fn try_linker(setup: &Setup, linker: &Path, program: &Path, object: &Path) -> Result<()> {
    let ebpf = EbpfCrate {
        folder: program,
        program: "program",
        target_folder: &program.join("target"),
        rustflags: None,
    };
    ebpf.build_as(setup, linker, object)?;
    let records = records(object)?;
    ensure!(
        records == RECORDS,
        "the packaged linker wrote the relocations {records:?}, and not {RECORDS:?}"
    );
    Ok(())
}

/// What the object's relocations ask, in the order of its instructions.
fn records(object: &Path) -> Result<Vec<String>> {
    let elf = fs::read(object).with_context(|| object.display().to_string())?;
    let object = Object::parse(&elf)?;
    let (btf, ext) = (object.btf(), object.btf_ext()?);
    let (btf, ext) = btf.zip(ext.as_ref()).context("it has no types")?;
    let relos = ext.core_relos().iter().flat_map(|section| &section.records);
    let records = relos.map(|relo| {
        let spec = Spec::parse(btf, relo).map_err(|fault| anyhow!("{fault}"))?;
        let path = spec.path();
        let path = path.split(" (").next().unwrap_or_default();
        Ok(format!("{} {path}", relo.kind))
    });
    records.collect()
}

/// The program is clean, and is not with an offset.
fn try_linter(linter: &Path, program: &Path) -> Result<()> {
    let main = program.join("src/main.rs");
    let findings = |source: &str| -> Result<(Option<i32>, String)> {
        fs::write(&main, source)?;
        let output = Command::new(linter)
            .args(["corelint", "--quiet", "--no-cache", "--format", "short"])
            .arg(&main)
            .current_dir(program)
            .output()
            .with_context(|| format!("`{}` cannot be started", linter.display()))?;
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((output.status.code(), found))
    };
    let (code, found) = findings(PROGRAM)?;
    ensure!(
        code == Some(0) && found.is_empty(),
        "the packaged linter found in a clean program: {found}"
    );
    let (code, found) = findings(&format!("{PROGRAM}{FROZEN}"))?;
    ensure!(
        code == Some(1) && found.contains("hardcoded-offset"),
        "the packaged linter did not find a constant offset, but: {found}"
    );
    Ok(())
}
