//! Finds commands in the recipes of a makefile, with the variables that it sets.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::commands::{Command, may_have_flags};
use crate::front::architecture;
use crate::span::Span;

/// How often variables are put into what other variables gave.
const DEEPEST: u32 = 8;

/// How many other files are looked into.
const MAX_INCLUDED: usize = 16;

/// How often variables are put in, in a whole file.
const LIMIT: u32 = 100_000;

pub(super) fn commands(path: &Arc<str>, text: &str) -> Vec<Command> {
    let mut makefile = Makefile::read(path, text);
    let own = std::mem::take(&mut makefile.recipes);
    let mut commands = makefile.expanded(path, own);
    commands.retain(|command| command.compiles_bpf() || command.strips_btf());
    commands
}

/// The commands for the kernel, or, where recipes have none, the variables with parts of such commands.
pub(super) fn parts(path: &Arc<str>, text: &str) -> Vec<Command> {
    let mut makefile = Makefile::read(path, text);
    let mut recipes = std::mem::take(&mut makefile.recipes);
    let included = std::mem::take(&mut makefile.included);
    recipes.extend(included.into_iter().map(|line| (0, line)));
    let mut commands = makefile.expanded(path, recipes);
    commands.retain(Command::compiles_bpf);
    if commands.is_empty() {
        // A variable may be put together in several lines.
        let mut names: Vec<&String> = makefile.expander.variables.keys().collect();
        names.sort();
        let named = names.into_iter().map(|name| (0, format!("$({name})")));
        let named = named.collect();
        commands = makefile.expanded(path, named);
        commands.retain(Command::is_for_bpf);
    }
    commands
}

/// A makefile with those that it includes.
struct Makefile {
    /// The lines of its recipes, and where they start.
    recipes: Vec<(usize, String)>,
    /// Those of the recipes of other files.
    included: Vec<String>,
    expander: Expander,
    branches: Branches,
    /// The other files that were looked into.
    seen: HashSet<PathBuf>,
}

impl Makefile {
    fn read(path: &str, text: &str) -> Self {
        let mut makefile = Self {
            recipes: Vec::new(),
            included: Vec::new(),
            expander: Expander {
                variables: HashMap::new(),
                left: LIMIT,
                is_open: false,
            },
            branches: Branches::default(),
            seen: HashSet::new(),
        };
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        makefile.take(folder, lines(text), true);
        makefile
    }

    /// Takes lines in, in the order in which make reads them.
    fn take(&mut self, folder: &Path, lines: Vec<(usize, String)>, is_own: bool) {
        for (start, line) in lines {
            if line.starts_with('\t') {
                match is_own {
                    true => self.recipes.push((start, line)),
                    false => self.included.push(line),
                }
            } else if self.branches.take(&line) || !self.branches.is_live() {
            } else if let Some((name, value, how)) = assignment(&line) {
                self.assign(name, &value, how);
            } else if let Some(names) = line.trim_start_matches(['-', 's']).strip_prefix("include ")
            {
                self.include(folder, names);
            }
        }
    }

    fn assign(&mut self, name: String, value: &str, how: How) {
        let is_known = self.expander.variables.contains_key(&name);
        let known = self.expander.variables.entry(name).or_default();
        match how {
            How::Unless if is_known => return,
            How::Adds => known.push(' '),
            How::Unless | How::Sets => known.clear(),
        }
        known.push_str(value);
    }

    /// The files of an `include`. A name is relative to the folder that make runs in.
    fn include(&mut self, folder: &Path, names: &str) {
        let names = self.expander.expand(names, DEEPEST);
        for name in names
            .split_whitespace()
            .filter(|name| !name.contains(['$', '*']))
        {
            let file = folder.join(name);
            if self.seen.len() == MAX_INCLUDED || !self.seen.insert(file.clone()) {
                continue;
            }
            // A file that is not there is made by the build.
            let text = fs::read_to_string(file).unwrap_or_default();
            self.take(folder, self::lines(&text), false);
        }
    }

    /// Lines with the variables put in.
    fn expanded(&mut self, path: &Arc<str>, lines: Vec<(usize, String)>) -> Vec<Command> {
        let commands = lines.into_iter().map(|(start, line)| {
            self.expander.is_open = false;
            let expanded = self.expander.expand(&line, DEEPEST);
            let is_open = self.expander.is_open;
            let indent = line.len() - line.trim_start().len();
            let shown = line.trim_end().len();
            Command {
                words: words(&expanded),
                is_open,
                span: Span::new(path, start + indent..start + shown.max(indent)),
            }
        });
        commands.collect()
    }
}

/// Lines with those that continue them, and where they start. A recipe's comments are the shell's.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut here: Option<(usize, String)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (at, mut whole) = here.take().unwrap_or((start, String::new()));
        start += line.len();
        let bare = line.trim_end_matches(['\n', '\r']);
        match bare.strip_suffix('\\') {
            Some(rest) => {
                // As long as it was, so that offsets stay.
                whole.push_str(rest);
                whole.extend(std::iter::repeat_n(' ', line.len() - rest.len()));
                here = Some((at, whole));
            }
            None => {
                let is_recipe =
                    whole.starts_with('\t') || whole.is_empty() && bare.starts_with('\t');
                let code = match bare.find('#') {
                    Some(end) if !is_recipe || bare.trim_start().starts_with('#') => &bare[..end],
                    _ => bare,
                };
                whole.push_str(code);
                lines.push((at, whole));
            }
        }
    }
    lines.extend(here);
    lines
}

/// What an assignment does to what a variable has.
#[derive(Clone, Copy)]
enum How {
    Sets,
    Adds,
    Unless,
}

/// `NAME = value`, `NAME := value`, `NAME ?= value`, `NAME += value`.
fn assignment(line: &str) -> Option<(String, String, How)> {
    let (left, value) = line.split_once('=')?;
    let (name, how) = match left.as_bytes().last()? {
        b'+' => (left.strip_suffix('+')?, How::Adds),
        b'?' => (left.strip_suffix('?')?, How::Unless),
        _ => (left.trim_end_matches([':', '!']), How::Sets),
    };
    let words = name.split_whitespace();
    let name = words
        .filter(|word| !matches!(*word, "override" | "export"))
        .collect::<Vec<_>>();
    let [name] = name[..] else {
        return None;
    };
    let is_name = !name.is_empty() && !name.contains([':', '$', '(', '"', '%']);
    is_name.then(|| (name.to_owned(), value.trim().to_owned(), how))
}

/// The conditions around a line. What they ask for is not known, so the first branch is taken, or the one for the
/// usual architecture.
#[derive(Default)]
struct Branches {
    /// Whether each branch is the one that is taken, and whether one of its condition is.
    open: Vec<(bool, bool)>,
}

impl Branches {
    fn is_live(&self) -> bool {
        self.open.iter().all(|(is_live, _)| *is_live)
    }

    /// Whether the line is a condition.
    fn take(&mut self, line: &str) -> bool {
        let line = line.trim();
        let (word, rest) = line.split_once([' ', '(']).unwrap_or((line, ""));
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let holds = is_taken(word, rest);
                self.open.push((holds, holds));
            }
            "else" => {
                if let Some(last) = self.open.last_mut() {
                    let (word, rest) = rest.trim().split_once([' ', '(']).unwrap_or(("", ""));
                    let holds = !last.1 && is_taken(word, rest);
                    *last = (holds, last.1 || holds);
                }
            }
            "endif" => {
                self.open.pop();
            }
            _ => return false,
        }
        true
    }
}

/// Whether a branch is taken if none before it is.
fn is_taken(word: &str, condition: &str) -> bool {
    let mut words = condition.split(|c: char| !c.is_alphanumeric() && c != '_');
    match words.find_map(architecture::called) {
        Some(name) => (name == architecture::USUAL) == (word != "ifneq"),
        None => true,
    }
}

/// Puts variables in.
struct Expander {
    variables: HashMap<String, String>,
    left: u32,
    /// Whether there was a variable that is not known, and may have flags.
    is_open: bool,
}

impl Expander {
    fn expand(&mut self, text: &str, depth: u32) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let close = match rest.as_bytes().first() {
                Some(b'(') => ')',
                Some(b'{') => '}',
                // `$@` and the like are files.
                Some(_) => {
                    out.push('$');
                    let mut chars = rest.chars();
                    chars.next();
                    rest = chars.as_str();
                    continue;
                }
                None => break,
            };
            let Some(end) = rest.find(close) else {
                self.is_open = true;
                break;
            };
            let name = rest[1..end].trim();
            rest = &rest[end + 1..];
            match self.variables.get(name).cloned() {
                Some(value) if depth > 0 && self.left > 0 => {
                    self.left -= 1;
                    out.push_str(&self.expand(&value, depth - 1));
                }
                Some(_) => {
                    self.is_open = true;
                    out.push('$');
                }
                // Functions are `$(name arguments)`.
                None => {
                    self.is_open |= may_have_flags(name) || name.contains([' ', '$']);
                    out.push('$');
                }
            }
        }
        out.push_str(rest);
        out
    }
}

fn words(text: &str) -> Vec<String> {
    // `@` keeps a recipe's line quiet, and `-` its failure.
    let command = text.trim_start().trim_start_matches(['@', '-', '+']);
    let words = command.split_whitespace();
    words
        .map(|word| word.trim_matches(['"', '\'', ';']).to_owned())
        .collect()
}
