//! `cargo corelint migrate`: from generated bindings and literal offsets of one kernel to declarations for many,
//! and reads by name.
//!
//! - `types.rs`: the types of fields in the bindings; `path.rs`: the syntax of an access; `around.rs`: what is
//!   around it.
//! - `site.rs`: the places that can be rewritten, and those that are left; `resolve.rs`: their paths in the kernel's
//!   words; `ending.rs`: what is around a read.
//! - `offset.rs`: places that read by a literal offset; `sum.rs`: the syntax of one; `adder.rs`: a function that
//!   adds and reads; `passed.rs`: the calls of one.
//! - `hit.rs`: the field that an offset hits; `record.rs`: the struct that a pointer leads to.
//! - `declare.rs`: declarations for the supported kernels; `choose.rs`: the structs that all their uses can
//!   follow.
//! - `edits.rs`: the new sources; `needless.rs`: `unsafe` blocks that go; `report.rs`: what is said of it.

mod adder;
mod around;
mod bound;
mod choose;
mod declare;
mod edits;
mod ending;
mod hit;
mod needless;
mod offset;
mod passed;
mod path;
mod record;
mod report;
mod resolve;
mod site;
mod sum;
mod types;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use self::around::Source;
use self::declare::Declarations;
use self::edits::Modules;
use self::needless::Needless;
use self::report::Outcome;
use self::site::{Left, Sites};
use self::types::Types;
use crate::answer::Format;
use crate::front::rust::{Crate, facts};
use crate::front::{self, View};
use crate::input::manifest::Manifest;
use crate::input::{Owner, Unit, Work, discover};
use crate::known::{self, Asked, Choice, Known};
use crate::report::fixes::Rewrite;

/// What to migrate, and to what.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Packages for the kernel; those of the workspace around the current folder if none is given
    pub paths: Vec<PathBuf>,
    /// The kernels that declarations are for: `>=5.10`, `arm64`; as the project says if not given
    #[arg(long, value_name = "KERNELS", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// The kernel that literal offsets are of: a known one, as `6.1.176 amd64 cloud`
    #[arg(long, value_name = "KERNEL")]
    pub kernel: Option<String>,
    /// Take the names of constants for fields, where the kernel that the offsets are of is not known:
    /// `TASK_TGID` is `task_struct.tgid`
    #[arg(long, conflicts_with = "kernel")]
    pub by_name: bool,
    /// Where no error can leave a function, let a read that fails give 0, as the load before did. Without it, such a
    /// place is left
    #[arg(long)]
    pub keep_zeros: bool,
    /// The features of the packages that are on, where constants depend on them
    #[arg(long, value_name = "FEATURES", value_delimiter = ',')]
    pub features: Vec<String>,
    /// The module of the declarations, `src/MODULE.rs`
    #[arg(long, value_name = "MODULE", default_value = "kernel")]
    pub module: String,
    /// Write the files; without it a patch is shown
    #[arg(long)]
    pub write: bool,
    /// How the outcome is shown: with a patch for people
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Gives the text of the outcome. With `--write`, the files are written.
///
/// # Errors
/// A file cannot be read or written, or the module is there already.
pub(crate) fn answer(options: &Migrate) -> Result<String> {
    if syn::parse_str::<syn::Ident>(&options.module).is_err() {
        bail!(
            "`{}` is no name of a module: write `--module kernel`",
            options.module
        );
    }
    let plan = discover::discover(&options.paths)?;
    let known = known::open()?;
    let mut outcome = Outcome::new(&plan.root);
    for unit in &plan.units {
        if !matches!(unit.work, Work::RustCrate(_)) {
            continue;
        }
        let mut reading = front::read(unit, &settings(options, unit)?, |_, _, _| true);
        if let Some(problem) = reading.problems.first() {
            bail!("{}: {}", problem.span.source.path(), problem.why);
        }
        let krate = reading.views.pop();
        if let (Work::RustCrate(files), Some(View::Rust(krate))) = (&unit.work, krate) {
            migrate(options, &known, (unit, files), &krate, &mut outcome)?;
        }
    }
    if options.write {
        outcome.rewrites.iter().try_for_each(Rewrite::apply)?;
    }
    match options.format {
        Format::Human => Ok(outcome.human(options.write)),
        Format::Json => outcome.json(),
    }
}

fn settings(options: &Migrate, unit: &Unit) -> Result<front::Settings> {
    let manifest = unit.owner.manifest_path.as_deref();
    let is_asked = !options.features.is_empty() && unit.owner.ebpf == Some(true);
    let features = match manifest.filter(|_| is_asked) {
        Some(path) => Some(Manifest::read(path)?.features(&options.features)?),
        None => None,
    };
    Ok(front::Settings {
        features,
        ..front::Settings::default()
    })
}

fn migrate(
    options: &Migrate,
    known: &Known<'static>,
    (unit, files): (&Unit, &[PathBuf]),
    krate: &Crate,
    outcome: &mut Outcome,
) -> Result<()> {
    let mut read = Vec::new();
    for file in files {
        let path: Arc<str> = file.to_string_lossy().into();
        let text = fs::read_to_string(file).with_context(|| path.to_string())?;
        if !facts::is_generated(&path, &text) {
            read.push((path, text));
        }
    }
    let texts = read
        .iter()
        .map(|(path, text)| (Arc::clone(path), Source::new(text)));
    let texts: HashMap<Arc<str>, Source<'_>> = texts.collect();
    let types = Types::new(&krate.facts, &unit.owner);
    let place = |path: &str, at: usize| {
        let before = texts.get(path).and_then(|source| source.text.get(..at));
        let line = before.unwrap_or_default().matches('\n').count() + 1;
        format!("{}:{line}", outcome.short(Path::new(path)))
    };
    let found = site::find(krate, &types, &texts, options.keep_zeros);
    let (found, home) = in_one_module(found, krate, &texts);
    let mut declarations = Declarations {
        known,
        chosen: choice(options, known, &unit.owner)?,
        types: &types,
        asked: HashMap::new(),
    };
    let mut sites = choose::choose(found, &texts, &place, &mut declarations);
    let kernel = match &options.kernel {
        Some(name) => Some(known.kernel(name)?),
        None if options.by_name => {
            let chosen = declarations.chosen.iter();
            chosen.max_by_key(|at| known.kernels()[*at].numbers())
        }
        None => None,
    };
    let of = hit::Of {
        known,
        kernel,
        by_name: options.by_name,
        module: &options.module,
    };
    let literal = offset::find(krate, (&types, &texts), &of, &mut declarations);
    let home = home.or_else(|| root(&texts));
    sites.add(literal, home.is_some());
    let Sites { sites, left } = sites;
    let told = left
        .into_iter()
        .map(|one| report::Left::new(&one, place(&one.path, one.at)));
    let told: Vec<report::Left> = told.collect();
    if let (Some(home), false) = (home, sites.is_empty()) {
        let file = home.folder.join(format!("{}.rs", options.module));
        if file.exists() {
            bail!(
                "`{}` is there already: name another module by `--module`",
                file.display()
            );
        }
        let bindings = home.bindings.as_deref();
        outcome.rewrites.push(Rewrite {
            after: declarations.module(&sites, bindings, &krate.facts)?,
            before: String::new(),
            path: file,
            fixes: 0,
        });
        let has_unsafe_arg = types.error == "i64";
        let needless = Needless::new(texts.values(), &krate.facts, has_unsafe_arg);
        for (path, text) in &read {
            let own: Vec<&site::Site> = sites.iter().filter(|site| site.path == *path).collect();
            let modules = Modules {
                bindings,
                declared: &options.module,
                is_root: home.root == Path::new(path.as_ref()),
            };
            let after = edits::rewrite(&texts[path], &own, modules, &needless);
            if after != *text {
                outcome.rewrites.push(Rewrite {
                    path: PathBuf::from(path.as_ref()),
                    before: text.clone(),
                    after,
                    fixes: own.len(),
                });
            }
        }
        outcome.rewritten += sites.len();
        outcome.add_dependency(&unit.owner);
    }
    outcome.left.extend(told);
    Ok(())
}

fn choice(
    options: &Migrate,
    known: &Known<'static>,
    owner: &Owner,
) -> Result<bpf_core_catalogue::KernelSet> {
    let asked = Asked {
        kernels: options.kernels.clone(),
        loader: None,
    };
    Ok(Choice::new(known, &asked, owner)?.kernels)
}

/// The root of the crate, where the module of the bindings is, if there is one.
struct Home {
    root: PathBuf,
    folder: PathBuf,
    bindings: Option<String>,
}

/// Leaves the places whose bindings are not those of the first one. Bindings are a file that the root of the
/// crate names: `mod vmlinux;`.
fn in_one_module(
    found: Sites,
    krate: &Crate,
    texts: &HashMap<Arc<str>, Source<'_>>,
) -> (Sites, Option<Home>) {
    let file_of = |field: &site::Field| {
        // A struct without a name is in the file of the one around it.
        let name = field.asked.split('.').next()?;
        let found = krate.facts.structs.get(name)?;
        Some(Arc::clone(&found.path))
    };
    let first = found.sites.first().and_then(|site| site.fields.first());
    let first = first.and_then(file_of);
    let home = first
        .as_ref()
        .and_then(|file| home(Path::new(file.as_ref()), texts));
    let mut sites = Sites {
        left: found.left,
        ..Sites::default()
    };
    for site in found.sites {
        let stranger = site.fields.iter().find(|field| file_of(field) != first);
        let why = match (&home, stranger) {
            (Some(_), None) => {
                sites.sites.push(site);
                continue;
            }
            (None, _) => {
                "its bindings are no file that the root of the crate names by `mod`".to_owned()
            }
            (_, Some(field)) => format!("the bindings of `{}` are in another file", field.of),
        };
        sites.left.push(Left {
            owner: site
                .fields
                .first()
                .map(|field| field.of.clone())
                .unwrap_or_default(),
            fields: String::new(),
            path: site.path,
            at: site.range.start,
            why,
            value: Some(site.value),
        });
    }
    (sites, home)
}

fn home(bindings: &Path, texts: &HashMap<Arc<str>, Source<'_>>) -> Option<Home> {
    let is_folder = bindings.file_name()? == "mod.rs";
    let module = if is_folder {
        bindings.parent()?
    } else {
        bindings
    };
    let name = module.file_stem()?.to_str()?.to_owned();
    let folder = module.parent()?.to_owned();
    let names = |source: &Source<'_>| {
        (0..source.tokens.len()).any(|at| {
            source.word(at) == "mod" && source.word(at + 1) == name && source.word(at + 2) == ";"
        })
    };
    let mut roots = texts.iter().filter(|(_, source)| names(source));
    let (root, _) = roots.next()?;
    let root = Path::new(root.as_ref());
    let is_root = matches!(root.file_name()?.to_str()?, "main.rs" | "lib.rs");
    let is_only = roots.next().is_none();
    (is_only && is_root && root.parent()? == folder).then_some(Home {
        root: root.to_owned(),
        folder,
        bindings: Some(name),
    })
}

/// The one root of a crate, for declarations without bindings.
fn root(texts: &HashMap<Arc<str>, Source<'_>>) -> Option<Home> {
    let paths = texts.keys().map(|path| Path::new(path.as_ref()));
    let mut roots =
        paths.filter(|path| path.ends_with("src/main.rs") || path.ends_with("src/lib.rs"));
    let root = roots.next().filter(|_| roots.next().is_none())?;
    Some(Home {
        root: root.to_owned(),
        folder: root.parent()?.to_owned(),
        bindings: None,
    })
}
