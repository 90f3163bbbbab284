//! Finds the units of work below the paths that the user names.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, Package, TargetKind};

use super::manifest::{Manifest, Settings};
use super::metadata;
use super::{Kind, Owner, Unit, Work, built, fragments, loader, walk};
use crate::digest::digest;
use crate::kept;

/// The work of a run.
#[derive(Debug)]
pub struct Plan {
    /// The units, in a stable order.
    pub units: Vec<Unit>,
    /// Paths are shown relative to this.
    pub root: PathBuf,
    /// Where results are kept. `None` outside of a workspace, if the user has no place for them.
    pub cache_folder: Option<PathBuf>,
}

/// Finds the work in `paths`, or in the workspace around the current folder.
///
/// # Errors
/// A path does not exist, a manifest has a wrong setting, or there is nothing to check.
pub fn discover(paths: &[PathBuf]) -> Result<Plan> {
    let here = std::env::current_dir().context("the current folder is gone")?;
    let metadata = match metadata::around(&here) {
        Ok(metadata) => metadata,
        // A path can be checked without a workspace, even beside a broken one.
        Err(_) if !paths.is_empty() => None,
        Err(error) => return Err(error),
    };
    let root = match &metadata {
        Some(metadata) if paths.is_empty() => metadata.workspace_root.clone().into(),
        _ => here.clone(),
    };
    let mut search = Search::new(metadata.as_ref())?;
    let roots = match paths {
        [] => vec![root.clone()],
        _ => paths.iter().map(|path| here.join(path)).collect(),
    };
    if search.loader.is_none() {
        search.loader = loader::of_modules(&roots);
    }
    let mut files = search.files(roots)?;
    if let Some(metadata) = metadata.as_ref().filter(|_| paths.is_empty()) {
        search.built = built::objects(metadata).into_iter().collect();
        files.extend(search.built.keys().map(|path| (path.clone(), false)));
    }
    files.sort();
    files.dedup_by(|a, b| a.0 == b.0);
    let units = search.units(files)?;
    let cache_folder = match &metadata {
        Some(metadata) => Some(metadata.target_directory.join("corelint").into()),
        None => kept::folder().map(|folder| {
            let name = digest(&[root.as_os_str().as_encoded_bytes()]);
            folder.join("projects").join(name)
        }),
    };
    Ok(Plan {
        units,
        root,
        cache_folder,
    })
}

struct Search<'a> {
    metadata: Option<&'a Metadata>,
    /// By folder of the manifest; `None` for files outside of any package.
    owners: BTreeMap<Option<PathBuf>, Arc<Owner>>,
    exclude: Vec<PathBuf>,
    /// The objects that Cargo has built, with the folders of their packages.
    built: BTreeMap<PathBuf, PathBuf>,
    /// What the dependencies name.
    loader: Option<String>,
    /// What the projects of objects say of these.
    projects: loader::Projects,
}

impl<'a> Search<'a> {
    fn new(metadata: Option<&'a Metadata>) -> Result<Self> {
        let exclude = match metadata {
            Some(metadata) => {
                let manifest = metadata.workspace_root.join("Cargo.toml");
                let manifest = Manifest::read(manifest.as_std_path())?;
                manifest.workspace_settings()?.exclude
            }
            None => Vec::new(),
        };
        Ok(Self {
            metadata,
            owners: BTreeMap::new(),
            exclude,
            built: BTreeMap::new(),
            loader: metadata.and_then(loader::of_workspace),
            projects: loader::Projects::default(),
        })
    }

    /// The files in folders, and those that the user names, each with whether it is one of these.
    fn files(&self, roots: Vec<PathBuf>) -> Result<Vec<(PathBuf, bool)>> {
        let mut files = Vec::new();
        for path in roots {
            let kind = path
                .metadata()
                .with_context(|| format!("`{}` cannot be read", path.display()))?;
            if !kind.is_dir() {
                files.push((path, true));
                continue;
            }
            // Excluded folders are not searched, unless the user names them or a folder in them.
            let excluded = self.exclude.iter();
            let left_out: Vec<_> = excluded.filter(|one| !path.starts_with(one)).collect();
            let wanted = |path: &Path| !left_out.iter().any(|one| path.starts_with(one));
            let found = walk::files(&path, &wanted).into_iter();
            let found = found.filter(|path| Kind::of(path).is_some());
            files.extend(found.map(|path| (path, false)));
        }
        Ok(files)
    }

    /// Groups files to units; each file comes with whether the user named it.
    fn units(&mut self, files: Vec<(PathBuf, bool)>) -> Result<Vec<Unit>> {
        let mut crates: BTreeMap<Option<PathBuf>, Vec<PathBuf>> = BTreeMap::new();
        let mut packages: BTreeMap<PathBuf, bool> = BTreeMap::new();
        let mut units = Vec::new();
        let named = files.iter().filter(|(_, named)| *named);
        let named_files: HashSet<PathBuf> = named.map(|(path, _)| path.clone()).collect();
        for (path, named) in files {
            let mut above = path.ancestors().skip(1);
            let folder = above.find(|folder| match packages.get(*folder) {
                Some(known) => *known,
                None => {
                    let is_one = is_package(folder);
                    packages.insert((*folder).to_owned(), is_one);
                    is_one
                }
            });
            let folder = folder.map(Path::to_owned);
            let Some(kind) = Kind::of(&path).or_else(|| Kind::of_contents(&path)) else {
                bail!("`{}` is of no kind that can be checked", path.display());
            };
            if kind != Kind::Rust {
                units.extend(self.unit(kind, path, folder, named)?);
                continue;
            }
            let owner = self.owner(folder.as_deref())?;
            if named || owner.takes(&path) {
                // Files that stand alone have nothing to do with each other.
                match folder {
                    Some(_) => crates.entry(folder).or_default().push(path),
                    None => units.push(Unit {
                        work: Work::File(kind, path),
                        owner,
                    }),
                }
            }
        }
        let sources: Vec<PathBuf> = sources(&units).cloned().collect();
        let included = fragments::included(&sources);
        units.retain(|unit| match &unit.work {
            Work::File(Kind::C, path) => named_files.contains(path) || !included.contains(path),
            _ => true,
        });
        for (folder, files) in crates {
            units.push(Unit {
                work: Work::RustCrate(files),
                owner: self.owner(folder.as_deref())?,
            });
        }
        Ok(units)
    }

    /// A file that is a unit of its own, if it is one to be checked. `folder` is that of its package.
    fn unit(
        &mut self,
        kind: Kind,
        path: PathBuf,
        folder: Option<PathBuf>,
        named: bool,
    ) -> Result<Option<Unit>> {
        let is_meant = match kind {
            // Most objects in a folder are for the host, and all IR may be.
            Kind::Object | Kind::Ir => {
                Kind::of_contents(&path) == Some(Kind::Object) && !is_of_other_order(&path)
            }
            // Of Go, only what has a program compiled.
            Kind::Commands => super::generates(&path),
            Kind::C => super::is_ebpf_source(&path),
            Kind::Package | Kind::Rust => true,
        };
        if !named && !is_meant {
            return Ok(None);
        }
        let owner = match kind {
            Kind::Object | Kind::Ir => {
                let package = self.built.get(&path).cloned().or(folder);
                let owner = self.owner(package.or_else(|| self.workspace(&path)).as_deref())?;
                self.loaded(&path, owner)
            }
            // A manifest that cannot be read is a finding of its own.
            Kind::Package | Kind::Commands => self
                .owner(folder.as_deref())
                .or_else(|_| self.owner(None))?,
            Kind::C | Kind::Rust => self.owner(folder.as_deref())?,
        };
        Ok(Some(Unit {
            work: Work::File(kind, path),
            owner,
        }))
    }

    /// The owner of an object, with the loader that its project names for it.
    fn loaded(&mut self, object: &Path, owner: Arc<Owner>) -> Arc<Owner> {
        let of_dependencies =
            loader::of_modules(&[object.to_owned()]).or_else(|| self.loader.clone());
        let loader = match self.projects.loader_of(object) {
            loader::Said::Several => None,
            // The dependencies say which version.
            loader::Said::Loader(name) => {
                let same = of_dependencies.filter(|of| of.split(' ').next() == Some(name));
                same.or_else(|| Some(name.to_owned()))
            }
            loader::Said::Nothing => of_dependencies.or_else(|| {
                let of_sources = self.projects.of_sources_in_c(object);
                of_sources.map(str::to_owned)
            }),
        };
        match loader == owner.loader {
            true => owner,
            false => Arc::new(Owner {
                loader,
                ..Owner::clone(&owner)
            }),
        }
    }

    /// The workspace that a file is in: build results belong to no package, and have its settings.
    fn workspace(&self, path: &Path) -> Option<PathBuf> {
        let metadata = self.metadata?;
        let folders = [&metadata.workspace_root, &metadata.target_directory];
        let is_in = folders.iter().any(|folder| path.starts_with(folder));
        is_in.then(|| metadata.workspace_root.clone().into())
    }

    fn owner(&mut self, folder: Option<&Path>) -> Result<Arc<Owner>> {
        let key = folder.map(Path::to_owned);
        if let Some(owner) = self.owners.get(&key) {
            return Ok(Arc::clone(owner));
        }
        let owner = Arc::new(match folder {
            Some(folder) => self.package(folder)?,
            None => Owner {
                name: "files".to_owned(),
                target_kind: "bin".to_owned(),
                loader: self.loader.clone(),
                ..Owner::default()
            },
        });
        self.owners.insert(key, Arc::clone(&owner));
        Ok(owner)
    }

    fn package(&self, folder: &Path) -> Result<Owner> {
        let manifest = Manifest::read(&folder.join("Cargo.toml"))?;
        let packages = self.metadata.iter().flat_map(|all| &all.packages);
        let known = packages
            .into_iter()
            .find(|package| package.manifest_path == manifest.path);
        let name = manifest.name().unwrap_or_default().to_owned();
        let version = manifest.version().unwrap_or("0.0.0");
        let (target_kind, src_path) = main_target(known, folder);
        let workspace = folder
            .ancestors()
            .filter_map(|folder| Manifest::read(&folder.join("Cargo.toml")).ok())
            .find(Manifest::is_workspace);
        Ok(Owner {
            package_id: match known {
                Some(package) => package.id.repr.clone(),
                None => format!("path+file://{}#{name}@{version}", folder.display()),
            },
            name: known.map_or(name, |package| package.name.to_string()),
            target_kind,
            src_path,
            ebpf: manifest.is_ebpf().then_some(true),
            settings: settings(workspace.as_ref(), &manifest)?,
            loader: self.loader.clone(),
            manifest_path: Some(manifest.path),
        })
    }
}

/// Whether bpf2go made an object of the same source for the other order of bytes: few kernels have this one.
fn is_of_other_order(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let twin = name.strip_suffix("_bpfeb.o");
    twin.is_some_and(|name| path.with_file_name(format!("{name}_bpfel.o")).is_file())
}

/// The C files.
fn sources(units: &[Unit]) -> impl Iterator<Item = &PathBuf> {
    units.iter().filter_map(|unit| match &unit.work {
        Work::File(Kind::C, path) => Some(path),
        _ => None,
    })
}

fn settings(workspace: Option<&Manifest>, package: &Manifest) -> Result<Vec<Settings>> {
    let workspace = workspace.map(Manifest::workspace_settings);
    workspace
        .into_iter()
        .chain([package.package_settings()])
        .collect()
}

impl Owner {
    /// Whether a Rust file of the package is part of the program: tests, examples and build
    /// scripts run on the host.
    fn takes(&self, path: &Path) -> bool {
        let Some(manifest) = &self.manifest_path else {
            return true;
        };
        let folder = manifest.parent().unwrap_or(Path::new(""));
        let Ok(inside) = path.strip_prefix(folder) else {
            return false;
        };
        let first = inside.components().next();
        let first = first.map_or("".into(), |part| part.as_os_str().to_string_lossy());
        !matches!(
            first.as_ref(),
            "tests" | "examples" | "benches" | "build.rs"
        )
    }
}

/// Whether a package begins here: the manifest of a workspace alone owns no files. One that cannot
/// be read is taken for a package, which is then found to be broken.
fn is_package(folder: &Path) -> bool {
    let manifest = folder.join("Cargo.toml");
    manifest.is_file()
        && fs::read_to_string(manifest).map_or(true, |text| {
            text.lines().any(|line| line.trim() == "[package]")
                || !text.lines().any(|line| line.trim() == "[workspace]")
        })
}

fn main_target(package: Option<&Package>, folder: &Path) -> (String, PathBuf) {
    let targets = package.into_iter().flat_map(|package| &package.targets);
    let is_main = |kind: &TargetKind| matches!(kind, TargetKind::Bin | TargetKind::Lib);
    let main = targets
        .into_iter()
        .find(|target| target.kind.iter().any(is_main));
    match main {
        Some(target) => (
            target
                .kind
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
            target.src_path.clone().into(),
        ),
        None => ("bin".to_owned(), folder.join("src/main.rs")),
    }
}
