//! Reads the loader of a project: what it attaches programs to, and whether it goes on if that fails.
//!
//! - `text.rs`: texts that are in its code; `held.rs`: programs.
//! - `walk.rs`: its functions, one by one.
//! - `project.rs`: all loaders of a project.

mod held;
mod project;
mod text;
mod walk;

pub(super) use project::Loaders;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syn::visit::Visit as _;

use self::text::Texts;
use self::walk::Walk;
use super::{start, text as read};

/// What a loader attaches a program to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attachment {
    /// aya's attribute for such a program: `kprobe`.
    pub attribute: &'static str,
    /// What it is attached to: `tcp_connect`, `sched/sched_switch`.
    pub target: String,
    /// The name of the program, if the loader names it.
    pub program: Option<String>,
    /// The file.
    pub path: Arc<str>,
    /// The text that names the function, hook or event.
    pub at: Range<usize>,
    /// Whether the loader gives up where the kernel has no such thing, and does not ask before.
    pub is_required: bool,
}

/// What comes of a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fate {
    /// The loader goes on, or nobody knows.
    #[default]
    Handled,
    /// The function gives it back.
    Returned,
    /// The loader panics.
    Panics,
}

/// A function of a loader.
#[derive(Debug, Default)]
struct Function {
    name: String,
    sites: Vec<Site>,
    calls: Vec<Call>,
    fills: Vec<Fill>,
}

/// A value of a type of the loader, made with texts that another function may attach something to.
#[derive(Debug)]
struct Fill {
    /// Where it holds what: `Kprobe.0`.
    parts: Vec<(String, Texts)>,
    /// Whether it is made in a branch on what the kernel has.
    is_asked: bool,
}

/// A call that attaches.
#[derive(Debug)]
struct Site {
    attribute: &'static str,
    programs: Texts,
    category: Option<Texts>,
    name: Texts,
    fate: Fate,
    /// Whether it is in a branch on what the kernel has.
    is_asked: bool,
}

/// A call of a function that the loader may have itself.
#[derive(Debug)]
struct Call {
    name: String,
    args: Vec<Texts>,
    fate: Fate,
    is_asked: bool,
}

/// Words of a file that attaches programs.
const WORDS: &[&str] = &[
    ".attach(",
    ".attach_kprobe(",
    ".attach_raw_tracepoint(",
    ".attach_tracepoint(",
];

/// Calls from function to function that are followed.
const MAX_HOPS: usize = 6;

/// Whether a text has something that attaches programs.
pub(super) fn is_loader(text: &str) -> bool {
    WORDS.iter().any(|word| text.contains(word))
        && ["aya", "ebpf", "bpf", "libbpf_rs"]
            .iter()
            .any(|word| text.contains(word))
}

/// What the files of a crate attach. A file that cannot be read or parsed attaches nothing.
pub(super) fn attachments(files: &[PathBuf]) -> Vec<Attachment> {
    let mut functions: Vec<(Arc<str>, Function)> = Vec::new();
    let mut others = Vec::new();
    for file in files {
        let Ok(text) = read(file) else { continue };
        match is_loader(&text) {
            true => functions.extend(parsed(file, &text)),
            false => others.push((file, text)),
        }
    }
    // Who calls those functions tells what comes of their failures.
    let mut wanted: HashSet<String> = HashSet::new();
    loop {
        let names = functions.iter().map(|(_, function)| &function.name);
        let new = names.filter(|name| !wanted.contains(*name)).cloned();
        let new: HashSet<String> = new.filter(|name| name != "main" && name != "new").collect();
        let calls = |text: &str| new.iter().any(|name| text.contains(&format!("{name}(")));
        let (callers, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(_, text)| calls(text));
        if new.is_empty() || callers.is_empty() {
            break;
        }
        wanted.extend(new);
        for (file, text) in &callers {
            functions.extend(parsed(file, text));
        }
        others = rest;
    }
    // A function that makes a value attaches what others attach by it.
    let sites = Loader::new(&functions).sites_of_values();
    for (index, site) in sites {
        functions[index].1.sites.push(site);
    }
    Loader::new(&functions).attachments()
}

fn parsed(file: &Path, text: &str) -> Vec<(Arc<str>, Function)> {
    let path: Arc<str> = file.to_string_lossy().into();
    // Places stay where they are.
    let base = start(text);
    let text = format!("{}{}", " ".repeat(base), &text[base..]);
    let Ok(tree) = syn::parse_str::<syn::File>(&text) else {
        return Vec::new();
    };
    let mut walk = Walk::new(&tree, &text);
    walk.visit_file(&tree);
    let functions = walk.functions.into_iter();
    proc_macro2::extra::invalidate_current_thread_spans();
    functions
        .map(|function| (Arc::clone(&path), function))
        .collect()
}

/// The functions of a loader, and who calls whom by name.
struct Loader<'f> {
    functions: &'f [(Arc<str>, Function)],
    callers: HashMap<&'f str, Vec<(usize, &'f Call)>>,
}

impl<'f> Loader<'f> {
    fn new(functions: &'f [(Arc<str>, Function)]) -> Self {
        let mut callers: HashMap<&str, Vec<(usize, &Call)>> = HashMap::new();
        for (index, (_, function)) in functions.iter().enumerate() {
            for call in &function.calls {
                callers.entry(&call.name).or_default().push((index, call));
            }
        }
        Self { functions, callers }
    }

    /// The sites that attach what a value holds, as those of the functions that make such a value.
    fn sites_of_values(&self) -> Vec<(usize, Site)> {
        let mut found = Vec::new();
        for (index, (_, function)) in self.functions.iter().enumerate() {
            let sites = function.sites.iter();
            for site in sites.filter(|site| matches!(site.name, Texts::Held(_))) {
                let is_required = !site.is_asked && self.ends(index, site.fate, MAX_HOPS);
                for (maker, (_, function)) in self.functions.iter().enumerate() {
                    let made = function
                        .fills
                        .iter()
                        .filter_map(|fill| site.made(fill, is_required));
                    found.extend(made.map(|site| (maker, site)));
                }
            }
        }
        found
    }

    /// What all functions attach.
    fn attachments(&self) -> Vec<Attachment> {
        let mut found: Vec<Attachment> = Vec::new();
        for (index, (path, function)) in self.functions.iter().enumerate() {
            for site in &function.sites {
                let is_required = !site.is_asked && self.ends(index, site.fate, MAX_HOPS);
                site.attach(path, is_required, &mut found);
                for &(caller, call) in self.callers.get(&*function.name).into_iter().flatten() {
                    let fate = match (site.fate, call.fate) {
                        (Fate::Returned, fate) => fate,
                        (fate, _) => fate,
                    };
                    let is_asked = site.is_asked || call.is_asked;
                    let is_required = !is_asked && self.ends(caller, fate, MAX_HOPS);
                    if let Some(site) = site.given(&call.args) {
                        site.attach(&self.functions[caller].0, is_required, &mut found);
                    }
                }
            }
        }
        found
    }

    /// Whether a failure in a function ends the loader, whoever calls the function.
    fn ends(&self, function: usize, fate: Fate, hops: usize) -> bool {
        let callers = self.callers.get(&*self.functions[function].1.name);
        let Some(callers) = callers else {
            return fate != Fate::Handled;
        };
        hops > 0
            && fate != Fate::Handled
            && callers.iter().any(|(caller, call)| {
                let fate = match fate {
                    Fate::Returned => call.fate,
                    fate => fate,
                };
                !call.is_asked && self.ends(*caller, fate, hops - 1)
            })
    }
}

impl Site {
    /// The same where a value is made whose texts it attaches.
    fn made(&self, fill: &Fill, is_required: bool) -> Option<Self> {
        let of = |texts: &Texts| match texts {
            Texts::Held(places) => {
                let mut parts = fill.parts.iter();
                let part = parts.find(|(place, _)| places.contains(place));
                part.map(|(_, texts)| texts.clone()).unwrap_or_default()
            }
            known => known.clone(),
        };
        let name = of(&self.name);
        (!matches!(name, Texts::Unknown)).then(|| Self {
            programs: of(&self.programs),
            category: self.category.as_ref().map(of),
            name,
            fate: match is_required {
                true => Fate::Panics,
                false => Fate::Handled,
            },
            is_asked: fill.is_asked,
            attribute: self.attribute,
        })
    }

    /// The same with what a call gives the function. `None` where the function names all by itself.
    fn given(&self, args: &[Texts]) -> Option<Self> {
        // A text of the function itself is in another file than one that it gets.
        matches!(self.name, Texts::Param(_)).then_some(())?;
        let of = |texts: &Texts| match texts {
            Texts::Param(at) => args.get(*at).cloned().unwrap_or_default(),
            known => known.clone(),
        };
        Some(Self {
            programs: of(&self.programs),
            category: self.category.as_ref().map(of),
            name: of(&self.name),
            ..*self
        })
    }

    fn attach(&self, path: &Arc<str>, is_required: bool, found: &mut Vec<Attachment>) {
        let Texts::These(names) = &self.name else {
            return;
        };
        // A list of as many goes through the loop with it.
        let beside = |texts: &Texts, at: usize| match texts {
            Texts::These(one) if one.len() == 1 => Some(one[0].0.clone()),
            Texts::These(all) if all.len() == names.len() => Some(all[at].0.clone()),
            _ => None,
        };
        for (number, (name, at)) in names.iter().enumerate() {
            let category = self.category.as_ref().map(|texts| {
                let known = beside(texts, number);
                let is_call = name.starts_with("sys_enter_") || name.starts_with("sys_exit_");
                let usual = if is_call { "syscalls" } else { "events" };
                known.unwrap_or_else(|| usual.to_owned())
            });
            let attachment = Attachment {
                attribute: self.attribute,
                target: match category {
                    Some(category) => format!("{category}/{name}"),
                    None => name.clone(),
                },
                program: beside(&self.programs, number),
                path: Arc::clone(path),
                at: at.clone(),
                is_required,
            };
            let same = |other: &&mut Attachment| {
                (&other.path, &other.at) == (path, at) && other.program == attachment.program
            };
            match found.iter_mut().find(same) {
                Some(other) => other.is_required |= is_required,
                None => found.push(attachment),
            }
        }
    }
}
