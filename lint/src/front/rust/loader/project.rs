//! The loaders of the project that a crate belongs to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use bpf_core_kernel_facts::syscall;

use super::{Attachment, attachments, is_loader};
use crate::front::loaders::Sources;
use crate::front::rust::text;
use crate::front::rust::view::Function;
use crate::input::walk;

/// What the loaders of a project say of its programs.
#[derive(Debug, Default)]
pub(in crate::front::rust) struct Loaders {
    /// What they attach.
    pub(in crate::front::rust) attachments: Vec<Attachment>,
    /// The folder that they are below.
    top: PathBuf,
    /// What they ask, once somebody wants to know.
    sources: OnceLock<Sources>,
    /// The files that attach something.
    files: Vec<PathBuf>,
}

/// Folders above that of the loader and the program, at most: `crates/probes/ebpf`.
const HEIGHT: usize = 3;

static KNOWN: Mutex<Option<HashMap<PathBuf, Arc<Loaders>>>> = Mutex::new(None);

impl Loaders {
    /// Those of the project that a package is in, by its manifest.
    pub(in crate::front::rust) fn of(manifest: &Path) -> Arc<Self> {
        let folder = manifest.parent().unwrap_or(Path::new(""));
        let is_top =
            |folder: &&Path| folder.join("Cargo.toml").exists() || folder.join(".git").exists();
        let above = folder.ancestors().skip(1).take(HEIGHT).find(is_top);
        let top = match folder.join(".git").exists() {
            true => folder,
            false => above.unwrap_or(folder),
        };
        let Ok(mut known) = KNOWN.lock() else {
            return Arc::default();
        };
        let known = known.get_or_insert_default();
        let found = known.entry(top.to_owned());
        Arc::clone(found.or_insert_with(|| Arc::new(Self::below(top))))
    }

    fn below(top: &Path) -> Self {
        let is_source =
            |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
        let files = walk::files(top, &|_| true).into_iter().filter(is_source);
        let files: Vec<PathBuf> = files
            .filter(|file| text(file).is_ok_and(|text| is_loader(&text)))
            .collect();
        Self {
            attachments: attachments(&files),
            top: top.to_owned(),
            sources: OnceLock::new(),
            files,
        }
    }

    /// Whether a source of the project asks for the kernel near one of these names. Where a `program` names its hook
    /// itself, in a file, its loader may go on without it as well.
    pub(in crate::front::rust) fn ask(&self, names: &[&str], program: Option<&Path>) -> bool {
        // Without a folder there is no project.
        let sources = || match self.top.as_os_str().is_empty() {
            true => Sources::default(),
            false => Sources::of(&self.top),
        };
        let sources = self.sources.get_or_init(sources);
        program.is_some_and(|program| sources.goes_on(program))
            || sources.asks_about(names, false)
            || sources.is_lenient_about(names)
    }

    /// The files that an answer depends on.
    pub(in crate::front::rust) fn read(&self) -> Vec<PathBuf> {
        let asking = self.sources.get().into_iter().flat_map(Sources::asking);
        let asking = asking.map(Path::to_owned);
        asking.chain(self.files.iter().cloned()).collect()
    }

    /// Whether a loader names a program, or what it is attached to.
    pub(in crate::front::rust) fn names(&self, program: &str, target: &str) -> bool {
        self.attachments.iter().any(|one| {
            one.program.as_deref() == Some(program) || one.target == target && !target.is_empty()
        })
    }

    /// Tells programs what they are attached to, where that is one thing, or several of one kind.
    pub(in crate::front::rust) fn attach(&self, functions: &mut [Function]) {
        for function in functions {
            let Some(program) = &mut function.program else {
                continue;
            };
            // Before 0.12, aya had the name of the program where the target is now.
            let names = [function.name.as_str(), program.target.as_str()];
            let kind = program.kind.replace("kretprobe", "kprobe");
            let of_program = self.attachments.iter().filter(|one| {
                let named = one.program.as_deref();
                named.is_some_and(|named| names.contains(&named)) && one.attribute == kind
            });
            let mut targets: Vec<&str> = of_program.map(|one| one.target.as_str()).collect();
            targets.sort_unstable();
            targets.dedup();
            if let [target, others @ ..] = &targets[..]
                && others.iter().all(|other| is_of_one_record(target, other))
            {
                program.target = (*target).to_owned();
            }
        }
    }
}

/// Whether two events have one record: all system calls share that of their start, and that of their end.
fn is_of_one_record(one: &str, other: &str) -> bool {
    let record = |target: &str| syscall::record(target.strip_prefix("syscalls/")?);
    record(one).is_some() && record(one) == record(other)
}
