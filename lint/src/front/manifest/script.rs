//! Finds commands in CMake, Meson and `build.rs` by their words: a command is the text between the
//! brackets, or the statement, around a target.

use std::sync::Arc;

use super::commands::{Command, may_have_flags};
use crate::front::architecture;
use crate::span::Span;

/// Brackets in brackets that are looked at.
const DEEPEST: usize = 32;

/// `add_custom_command(... COMMAND clang -target bpf ...)` of CMake, and
/// `custom_target(..., command: [clang, '-target', 'bpf', ...])` of Meson: what is in the innermost
/// brackets that have a whole command.
pub(super) fn commands_in_brackets(path: &Arc<str>, text: &str) -> Vec<Command> {
    let mut commands = parts_in_brackets(path, text);
    commands.retain(Command::compiles_bpf);
    commands
}

/// The same with parts of commands: `set(FLAGS -target bpf ...)`.
pub(super) fn parts_in_brackets(path: &Arc<str>, text: &str) -> Vec<Command> {
    let mut found = Vec::new();
    // Where brackets open, and whether a target is in them.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut in_comment = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => in_comment = false,
            _ if in_comment => {}
            b'#' => in_comment = true,
            b'(' | b'[' => open.push((at + 1, false)),
            b')' | b']' => {
                let depth = open.len();
                let Some((start, has_target)) = open.pop() else {
                    continue;
                };
                if !has_target || depth > DEEPEST {
                    continue;
                }
                match command(path, text, start, at, false) {
                    Some(command) => found.push(command),
                    None => mark(&mut open),
                }
            }
            b't' if text[at..].starts_with("target") => mark(&mut open),
            _ => {}
        }
    }
    found
}

fn mark(open: &mut [(usize, bool)]) {
    if let Some((_, has_target)) = open.last_mut() {
        *has_target = true;
    }
}

/// `Command::new("clang").args(["-target", "bpf", ...])`, to the end of the statement.
pub(super) fn commands_of_rust(path: &Arc<str>, text: &str) -> Vec<Command> {
    if !text.contains("clang") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut end = 0;
    for (start, _) in text.match_indices("Command::new(") {
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        if start < end || text[line..start].contains("//") {
            continue;
        }
        end = text[start..]
            .find(";\n")
            .map_or(text.len(), |at| start + at);
        // Arguments that a statement of its own adds are not followed.
        let is_bound = text[line..start].contains("let ");
        let command = command(path, text, start, end, is_bound);
        found.extend(command.filter(Command::compiles_bpf));
    }
    found
}

/// The words of lines of `go:generate` that call `bpf2go`. Where a variable is the target, such as `$TARGET`, it is
/// the usual architecture, also in other words.
pub(super) fn words_of_bpf2go(text: &str) -> Vec<Vec<String>> {
    let lines = text
        .lines()
        .filter(|line| line.starts_with("//go:generate") && line.contains("bpf2go"));
    let words = lines.map(|line| {
        let mut words = words(line, char::is_whitespace);
        let target = words.iter().skip_while(|word| *word != "-target").nth(1);
        if let Some(target) = target.filter(|target| target.starts_with('$')).cloned() {
            // Go and Debian call it alike.
            let usual = architecture::in_debian(architecture::USUAL);
            words
                .iter_mut()
                .for_each(|word| *word = word.replace(&target, usual));
        }
        words
    });
    words.collect()
}

/// The texts in a build script that calls `libbpf-cargo`: it may put arguments together anywhere.
pub(super) fn words_of_libbpf_cargo(text: &str) -> Option<Vec<String>> {
    if !text.contains("SkeletonBuilder") {
        return None;
    }
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let texts = code.flat_map(|line| line.split('"').skip(1).step_by(2));
    Some(
        texts
            .flat_map(|text| words(text, char::is_whitespace))
            .collect(),
    )
}

fn words(text: &str, separates: impl Fn(char) -> bool) -> Vec<String> {
    let words = text
        .split(separates)
        .map(|word| word.trim_matches(['"', '\'']));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn command(
    path: &Arc<str>,
    text: &str,
    start: usize,
    end: usize,
    is_bound: bool,
) -> Option<Command> {
    let inside = &text[start..end];
    let separators =
        |c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '(' | ')' | '[' | ']');
    let words = words(inside, separators);
    // A name in place of a flag: `${BPF_FLAGS}`, `bpf_flags`, `&flags`.
    let is_open = is_bound
        || words.iter().any(|word| {
            !word.starts_with(['-', '.']) && !word.contains('/') && may_have_flags(word)
        });
    let command = Command {
        words,
        is_open,
        span: Span::new(path, start..start + inside.trim_end().len()),
    };
    command.is_for_bpf().then_some(command)
}
