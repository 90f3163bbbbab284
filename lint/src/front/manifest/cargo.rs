//! Reads how Cargo builds a package for the kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::above;
use super::configuration::Configuration;
use super::profile::{Profile, profiles};
use super::table::File;
use crate::input::manifest::Manifest;
use crate::input::walk;
use crate::span::Span;

/// A package for the kernel.
#[derive(Debug)]
pub struct Package {
    /// Its name, and where that is.
    pub name: (String, Span),
    /// Whether it reads fields by name.
    pub uses_bpf_core: bool,
    /// Whether it has programs that see kernel memory, and functions of C that may read it.
    pub has_foreign_reads: bool,
    /// Whether `aya-build` builds it, which asks for debug info and BTF.
    pub has_aya_build: bool,
    /// What Cargo's configuration says of its build.
    pub configuration: Configuration,
    /// The manifest that has the profiles.
    pub root: Arc<str>,
    /// Whether that is its own.
    pub is_root: bool,
    /// The length of the root, and whether it ends in a new line.
    pub root_end: (usize, bool),
    /// The profiles, of the root and of settings for Cargo.
    pub profiles: Vec<Profile>,
}

/// Reads a manifest and what belongs to it. `None` for packages that are not for the kernel. `read`
/// gets the files besides.
pub(super) fn read(
    path: &Path,
    text: &str,
    read: &mut Vec<PathBuf>,
) -> Result<Option<Package>, String> {
    let file = File::parse(path, text)?;
    let Some(name) = file
        .get(&["package", "name"])
        .filter(|name| name.text().is_some())
    else {
        return Ok(None);
    };
    if !Manifest::read(path).is_ok_and(|manifest| manifest.is_ebpf()) {
        return Ok(None);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let sources = Sources::of(folder, read);
    if !sources.is_program {
        return Ok(None);
    }
    let root_path = root(path, &file);
    let root_text = if root_path == path {
        text.to_owned()
    } else {
        fs::read_to_string(&root_path).map_err(|error| error.to_string())?
    };
    let root = File::parse(&root_path, &root_text)?;
    let mut package = Package {
        name: (name.text().unwrap_or_default().to_owned(), name.span()),
        uses_bpf_core: file.get(&["dependencies", "bpf-core"]).is_some(),
        has_foreign_reads: sources.sees_kernel_memory && sources.has_foreign_functions,
        has_aya_build: has_aya_build(folder, &root_path, read),
        configuration: Configuration::default(),
        root: Arc::clone(&root.path),
        is_root: root_path == path,
        root_end: (root_text.len(), root_text.ends_with('\n')),
        profiles: root.get(&["profile"]).map(profiles).unwrap_or_default(),
    };
    if root_path != path {
        read.push(root_path);
    }
    package.configuration = Configuration::of(folder, read)?;
    let profiles = std::mem::take(&mut package.configuration.profiles);
    package.profiles.extend(profiles);
    Ok(Some(package))
}

/// The manifest whose profiles count: that of the workspace, if it takes the package in.
fn root(path: &Path, own: &File<'_>) -> PathBuf {
    if own.get(&["workspace"]).is_some() {
        return path.to_owned();
    }
    for folder in above(path).skip(1) {
        let manifest = folder.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else {
            continue;
        };
        let Ok(file) = File::parse(&manifest, &text) else {
            continue;
        };
        let Some(workspace) = file.get(&["workspace"]) else {
            continue;
        };
        let excluded = workspace
            .get("exclude")
            .map(|list| list.words())
            .unwrap_or_default();
        let mut excluded = excluded.iter().map(|(word, _)| folder.join(word));
        return if excluded.any(|excluded| path.starts_with(excluded)) {
            path.to_owned()
        } else {
            manifest
        };
    }
    path.to_owned()
}

/// Whether a build script of the workspace calls `aya-build`. Templates have the one for the kernel
/// and the one that loads it in folders beside each other.
fn has_aya_build(folder: &Path, root: &Path, read: &mut Vec<PathBuf>) -> bool {
    let around = folder.parent().into_iter().chain(root.parent());
    let places = around.flat_map(|folder| {
        let beside = fs::read_dir(folder).into_iter().flatten().flatten();
        let beside = beside.map(|entry| entry.path().join("build.rs"));
        std::iter::once(folder.join("build.rs")).chain(beside)
    });
    let mut scripts: Vec<PathBuf> = places.filter(|path| path.is_file()).collect();
    scripts.sort();
    scripts.dedup();
    let found = scripts
        .iter()
        .any(|path| fs::read_to_string(path).is_ok_and(|text| text.contains("aya_build::")));
    read.extend(scripts);
    found
}

/// What the sources of a package say about it.
struct Sources {
    /// Whether it is a program for the kernel, rather than a library or a tool for such.
    is_program: bool,
    /// Whether it has programs whose type sees kernel memory. Those for packets do not.
    sees_kernel_memory: bool,
    /// Whether it declares functions of C.
    has_foreign_functions: bool,
}

impl Sources {
    fn of(folder: &Path, read: &mut Vec<PathBuf>) -> Self {
        const SIGNS: [&str; 9] = [
            "#[kprobe",
            "#[kretprobe",
            "#[fentry",
            "#[fexit",
            "#[lsm",
            "#[btf_tracepoint",
            "#[raw_tracepoint",
            "bpf_probe_read_kernel",
            "bpf_get_current_task",
        ];
        let files = walk::files(&folder.join("src"), &|_| true);
        let mut sources = Self {
            // They may be elsewhere.
            is_program: files.is_empty(),
            sees_kernel_memory: false,
            has_foreign_functions: false,
        };
        for path in files {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            if let Ok(text) = fs::read_to_string(&path) {
                sources.is_program |= text.contains("#![no_main]") || text.contains(", no_main)]");
                sources.has_foreign_functions |= text.contains("extern \"C\" {");
                sources.sees_kernel_memory |= SIGNS.iter().any(|sign| text.contains(sign));
            }
            read.push(path);
        }
        sources
    }
}
