//! The licences of what is in the programs of an archive: crates, LLVM, and libraries of the system.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{MetadataCommand, Package};
use setup::llvm::Llvm;
use setup::process::ask;
use setup::{toolchain, workspace};

use crate::shipped::{Libc, Shipped};

/// How the names of such files start, in any case.
const FILES: [&str; 5] = ["copying", "copyright", "licence", "license", "notice"];

/// Each text once, under the names of what it is for.
pub(crate) fn of(shipped: &Shipped, llvm: &Llvm) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let crates = crates(shipped)?;
    for package in &crates {
        let name = format!("{} {}", package.name, package.version);
        for file in licence_files(package)? {
            let text = fs::read(&file).with_context(|| file.display().to_string())?;
            let text = String::from_utf8_lossy(&text).trim().to_owned();
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (name, file) in libraries(shipped, llvm)? {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        texts.entry(text.trim().to_owned()).or_default().push(name);
    }
    let mut all = format!(
        "In the programs of `{}` are these crates:\n\n",
        shipped.package
    );
    for package in &crates {
        let licence = package.license.as_deref().unwrap_or("see below");
        writeln!(all, "{} {}: {licence}", package.name, package.version)?;
    }
    for (text, mut names) in texts {
        names.dedup();
        let line = "-".repeat(80);
        writeln!(all, "\n{line}\n{}\n{line}\n\n{text}", names.join(", "))?;
    }
    Ok(all)
}

/// What rustc's own library is made of: a file of the toolchain.
pub(crate) fn of_rust() -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--print", "sysroot"])
        .current_dir(workspace::root());
    Ok(Path::new(ask(&mut rustc)?.trim()).join("share/doc/rust/COPYRIGHT-library.html"))
}

/// The packages of other people that are compiled into the programs.
fn crates(shipped: &Shipped) -> Result<Vec<Package>> {
    let mut tree = Command::new(toolchain::host_cargo());
    tree.args(["tree", "--locked", "--package", shipped.package])
        .args(["--target", &shipped.target(ARCH)])
        .args(
            shipped
                .feature
                .map(|feature| format!("--features={feature}")),
        )
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none"])
        .current_dir(workspace::root());
    let tree = ask(&mut tree)?;
    let metadata = MetadataCommand::new()
        .manifest_path(workspace::root().join("Cargo.toml"))
        .exec()?;
    let ours = metadata.workspace_members;
    let mut packages = metadata.packages;
    packages.retain(|package| {
        let line = format!("{} v{}", package.name, package.version);
        let is_line = |other: &str| other == line || other == format!("{line} (*)");
        !ours.contains(&package.id) && tree.lines().any(is_line)
    });
    ensure!(
        !packages.is_empty(),
        "`{}` needs no crates",
        shipped.package
    );
    Ok(packages)
}

fn licence_files(package: &Package) -> Result<Vec<PathBuf>> {
    let folder = package.manifest_path.parent().context("a folder")?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if entry.file_type()?.is_file() && FILES.iter().any(|start| name.starts_with(start)) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// The archives of the system that are linked into the programs, by their packages, with Debian's file about
/// each.
fn libraries(shipped: &Shipped, llvm: &Llvm) -> Result<Vec<(String, PathBuf)>> {
    let mut archives = Vec::new();
    if shipped.feature == Some("llvm-static") {
        archives.push(llvm.prefix.join("lib/libLLVMCore.a"));
        for name in ["libstdc++.a", "libz.a", "libzstd.a"] {
            archives.push(archive(name)?);
        }
    }
    // rustc has a musl of its own.
    if shipped.libc == Libc::Inside && shipped.target(ARCH).ends_with("gnu") {
        archives.push(archive("libc.a")?);
    }
    archives.iter().map(|file| owner(file)).collect()
}

/// Where the C compiler finds an archive.
fn archive(name: &str) -> Result<PathBuf> {
    let path = ask(Command::new("cc").arg(format!("-print-file-name={name}")))?;
    fs::canonicalize(path.trim()).with_context(|| format!("the C compiler has no `{name}`"))
}

fn owner(file: &Path) -> Result<(String, PathBuf)> {
    let line = ask(Command::new("dpkg-query").arg("--search").arg(file))?;
    let package = line.split([':', ',']).next().unwrap_or_default().to_owned();
    let copyright = Path::new("/usr/share/doc").join(&package).join("copyright");
    Ok((package, copyright))
}
