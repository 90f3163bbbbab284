//! Finds commands in the recipes of a makefile, with the variables that it sets.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
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
    read(path, text, false)
}

/// The commands for the kernel, or, where recipes have none, the variables with parts of such commands.
pub(super) fn parts(path: &Arc<str>, text: &str) -> Vec<Command> {
    let mut commands = read(path, text, false);
    commands.retain(Command::compiles_bpf);
    if commands.is_empty() {
        commands = read(path, text, true);
    }
    commands
}

/// The commands of the recipes, or else what the variables hold.
fn read(path: &Arc<str>, text: &str, of_variables: bool) -> Vec<Command> {
    let lines = lines(text);
    let mut variables: HashMap<String, String> = HashMap::new();
    let included = included(Path::new(&**path), &lines);
    let mut branches = Branches::default();
    for (_, line) in included.iter().chain(&lines) {
        if !branches.take(line)
            && branches.is_live()
            && !line.starts_with('\t')
            && let Some((name, value, adds)) = assignment(line)
        {
            let known = variables.entry(name).or_default();
            if adds {
                known.push(' ');
            } else {
                known.clear();
            }
            known.push_str(&value);
        }
    }
    let mut expander = Expander {
        variables,
        left: LIMIT,
        is_open: false,
    };
    // A variable may be put together in several lines.
    let mut names: Vec<String> = match of_variables {
        true => expander.variables.keys().cloned().collect(),
        false => Vec::new(),
    };
    names.sort();
    let named = names.iter().map(|name| (0, format!("$({name})")));
    let recipes = lines.into_iter().filter(|(_, line)| line.starts_with('\t'));
    let wanted: Vec<(usize, String)> = match of_variables {
        true => named.collect(),
        false => recipes.collect(),
    };
    wanted
        .into_iter()
        .map(|(start, line)| {
            expander.is_open = false;
            let expanded = expander.expand(&line, DEEPEST);
            let is_open = expander.is_open;
            let indent = line.len() - line.trim_start().len();
            let shown = line.trim_end().len();
            Command {
                words: words(&expanded),
                is_open,
                span: Span::new(path, start + indent..start + shown.max(indent)),
            }
        })
        .filter(|command| match of_variables {
            true => command.is_for_bpf(),
            false => command.compiles_bpf() || command.strips_btf(),
        })
        .collect()
}

/// The lines of the files that a makefile includes by a plain name.
fn included(path: &Path, lines: &[(usize, String)]) -> Vec<(usize, String)> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let words = lines.iter().filter_map(|(_, line)| {
        let line = line.strip_prefix('-').unwrap_or(line);
        line.strip_prefix("include ")
    });
    let names = words.flat_map(str::split_whitespace);
    let mut found = Vec::new();
    for name in names
        .filter(|name| !name.contains(['$', '*']))
        .take(MAX_INCLUDED)
    {
        // A file that is not there is made by the build.
        let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
        found.extend(self::lines(&text));
    }
    found
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

/// `NAME = value`, `NAME := value`, `NAME ?= value`, `NAME += value`, which adds.
fn assignment(line: &str) -> Option<(String, String, bool)> {
    let (left, value) = line.split_once('=')?;
    let (name, adds) = match left.strip_suffix('+') {
        Some(name) => (name, true),
        None => (left.trim_end_matches([':', '?', '!']), false),
    };
    let words = name.split_whitespace();
    let name = words
        .filter(|word| !matches!(*word, "override" | "export"))
        .collect::<Vec<_>>();
    let [name] = name[..] else {
        return None;
    };
    let is_name = !name.is_empty() && !name.contains([':', '$', '(', '"', '%']);
    is_name.then(|| (name.to_owned(), value.trim().to_owned(), adds))
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
