//! A log as a logger printed it: with colours, a time and a name before each line, or folded into one line by
//! JSON, logfmt or `{:?}`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::line;

/// How many lines start alike until that is taken for what a logger prints before each of them.
const SEEN: usize = 2;

/// How many such prefixes are kept, and how long one may be.
const PREFIXES: usize = 64;
const PREFIX: usize = 200;

/// A line of a log, with its number from 1 in what was printed.
pub(crate) type Line<'t> = (usize, Cow<'t, str>);

/// The lines of a log, as the kernel and the loader wrote them.
pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (number, line) in text.split(['\n', '\r', '\0']).enumerate() {
        unfold(number + 1, without_colours(line), &mut lines);
    }
    let prefixes = prefixes(&lines);
    if !prefixes.is_empty() {
        for (_, line) in &mut lines {
            let length = prefixes.iter().filter_map(|prefix| behind(line, prefix));
            if let Some(length) = length.max() {
                *line = Cow::Owned(line[length..].to_owned());
            }
        }
    }
    lines
}

/// `ESC [ 3 1 m` and its like.
fn without_colours(line: &str) -> Cow<'_, str> {
    const ESCAPE: &str = "\u{1b}[";
    if !line.contains(ESCAPE) {
        return Cow::Borrowed(line);
    }
    let mut parts = line.split(ESCAPE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| ('@'..='~').contains(&c));
        text.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    Cow::Owned(text)
}

/// Adds a line, or what is folded into it.
fn unfold<'t>(number: usize, line: Cow<'t, str>, lines: &mut Vec<Line<'t>>) {
    let trimmed = line.trim();
    let is_json = trimmed.starts_with("{\"") && trimmed.ends_with('}');
    // Source text has such marks as well: `; bpf_printk("...\n")`.
    let is_folded = !trimmed.starts_with("; ") && trimmed.matches("\\n").count() > 1
        || trimmed.contains("\\\"") && !trimmed.contains("; ");
    if !is_json && !is_folded {
        lines.push((number, line));
        return;
    }
    let mut add = |text: &str| {
        let parts = text.split('\n');
        lines.extend(parts.map(|part| (number, Cow::Owned(part.to_owned()))));
    };
    let mut rest = trimmed;
    while let Some((before, behind)) = rest.split_once('"') {
        let end = end_of_string(behind);
        let (inside, after) = (&behind[..end], behind.get(end + 1..).unwrap_or_default());
        let is_key = after.trim_start().starts_with(':');
        match is_json {
            // Times and levels say nothing.
            true if !is_key && inside.contains(' ') => add(&unescaped(inside)),
            true => {}
            false => {
                add(before);
                add(&unescaped(inside));
            }
        }
        rest = after;
    }
    if !is_json {
        add(rest);
    }
}

fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The text of a string of JSON, Go or Rust.
fn unescaped(inside: &str) -> String {
    let mut text = String::new();
    let mut rest = inside;
    while let Some((before, behind)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = behind.chars();
        match chars.next() {
            Some('n' | 'r') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('u') => {
                let hex = chars.as_str().get(..4);
                let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
                if let Some(c) = code.and_then(char::from_u32) {
                    text.push(c);
                    chars = chars.as_str()[4..].chars();
                }
            }
            Some(c) => text.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    text
}

/// What stands before an instruction and before other lines, with any digits as `0`.
fn prefixes(lines: &[Line<'_>]) -> Vec<String> {
    let mut prefixes: BTreeSet<String> = BTreeSet::new();
    for (_, line) in lines {
        let Some(start) = line::start_of_instruction(line) else {
            continue;
        };
        let prefix = &line[..start];
        let is_of_loader = line::program(prefix).is_some() || prefix.contains("Verifier output");
        let is_none = prefix.trim().is_empty() || prefix.len() > PREFIX || is_of_loader;
        if !is_none && prefixes.len() < PREFIXES {
            prefixes.insert(prefix.chars().map(any_digit).collect());
        }
    }
    let mut prefixes: Vec<String> = prefixes.into_iter().collect();
    prefixes.retain(|prefix| {
        let with = lines
            .iter()
            .filter(|(_, line)| behind(line, prefix).is_some());
        with.take(SEEN).count() == SEEN
    });
    prefixes
}

/// The length of a prefix, if a line starts with it.
fn behind(line: &str, prefix: &str) -> Option<usize> {
    let mut chars = line.chars();
    // Blanks at the end of a line are lost.
    let mut expected = prefix.trim_end().chars();
    let fits = expected.all(|expected| chars.next().map(any_digit) == Some(expected));
    let mut rest = chars.as_str();
    for _ in prefix.trim_end().len()..prefix.len() {
        rest = rest.strip_prefix([' ', '\t']).unwrap_or(rest);
    }
    fits.then(|| line.len() - rest.len())
}

fn any_digit(c: char) -> char {
    if c.is_ascii_digit() { '0' } else { c }
}
