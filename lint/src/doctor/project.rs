//! Finds what a project has: programs for the kernel, build scripts, and `Cargo.lock` files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::line::{Line, Part, State};
use super::script::Script;
use crate::front::{self, View};
use crate::input::manifest::Manifest;
use crate::input::{self, Kind, Unit, Work, walk};
use crate::rules;

/// A project.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) root: PathBuf,
    /// Packages for the kernel, each as `View::Package`.
    pub(super) programs: Vec<View>,
    pub(super) scripts: Vec<Script>,
    /// The folders of the workspaces, which have a `Cargo.lock` each.
    pub(super) workspaces: Vec<PathBuf>,
    /// Whether there are programs in C.
    pub(super) has_c: bool,
}

/// Finds the project around a folder. Files that cannot be read are lines.
pub(super) fn find(folder: &Path, lines: &mut Vec<Line>) -> Option<Project> {
    let with_manifest = || {
        let above = folder.ancestors();
        above.filter(|folder| folder.join("Cargo.toml").exists())
    };
    let is_workspace = |folder: &&Path| {
        let manifest = Manifest::read(&folder.join("Cargo.toml"));
        manifest.is_ok_and(|manifest| manifest.is_workspace())
    };
    let root = with_manifest().find(is_workspace);
    let root = root.or_else(|| with_manifest().next())?.to_owned();
    let manifest = Manifest::read(&root.join("Cargo.toml")).ok();
    let settings = manifest.and_then(|manifest| manifest.workspace_settings().ok());
    let exclude = settings
        .map(|settings| settings.exclude)
        .unwrap_or_default();
    let files = walk::files(&root, &|path| {
        !exclude.iter().any(|excluded| path.starts_with(excluded))
    });
    let mut project = Project {
        programs: Vec::new(),
        scripts: Vec::new(),
        workspaces: vec![root.clone()],
        has_c: files.iter().any(|path| input::is_ebpf_source(path)),
        root,
    };
    for path in files {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("Cargo.toml") => project.add(&path, lines),
            Some("build.rs") => project.scripts.extend(Script::read(&path)),
            _ => {}
        }
    }
    project.workspaces.sort();
    project.workspaces.dedup();
    Some(project)
}

/// Whether a folder without a package has programs in C.
pub(super) fn has_c(folder: &Path) -> bool {
    let files = walk::files(folder, &|_| true);
    files.iter().any(|path| input::is_ebpf_source(path))
}

impl Project {
    fn add(&mut self, manifest: &Path, lines: &mut Vec<Line>) {
        let unit = Unit {
            work: Work::File(Kind::Package, manifest.to_owned()),
            owner: Arc::default(),
        };
        let reading = front::read(&unit, &front::Settings::default(), rules::want);
        for problem in reading.problems {
            let cure = "mend it: cargo reads it before it builds anything";
            let place = self.place(Path::new(problem.span.source.path()));
            let found = format!("`{place}` cannot be read: {}", problem.why);
            lines.push(Line::bad(
                Part::Project,
                "manifest",
                State::Error,
                found,
                cure,
            ));
        }
        for view in reading.views {
            if let View::Package(package) = &view {
                let root = Path::new(package.root.as_ref());
                self.workspaces.extend(root.parent().map(Path::to_owned));
                self.programs.push(view);
            }
        }
    }

    /// A path for people.
    pub(super) fn place(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        inside.display().to_string()
    }
}
