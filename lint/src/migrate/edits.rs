//! The sources with the rewritten places: all other bytes stay as they are.

use std::ops::Range;

use super::around::Source;
use super::needless::Needless;
use super::site::Site;
use crate::front::lex::Kind;

/// Helpers whose import is taken out when nothing calls them any more.
const HELPERS: [&str; 2] = ["bpf_probe_read_kernel", "bpf_probe_read"];

/// Names of modules: of the bindings, if there are any, and of the declarations that take their place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Modules<'a> {
    pub(super) bindings: Option<&'a str>,
    pub(super) declared: &'a str,
    /// Whether the source is the root of the crate, which names the modules.
    pub(super) is_root: bool,
}

/// The new text of a source.
pub(super) fn rewrite(
    source: &Source<'_>,
    sites: &[&Site],
    modules: Modules<'_>,
    needless: &Needless,
) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    match modules.bindings {
        Some(bindings) => edits.extend(with_bindings(source, sites, bindings, modules.declared)),
        None => {
            edits.extend(
                sites
                    .iter()
                    .map(|site| (site.range.clone(), site.text.clone())),
            );
            if modules.is_root {
                edits.push(first_module(source, modules.declared));
            }
        }
    }
    let replaced: Vec<Range<usize>> = sites.iter().map(|site| site.range.clone()).collect();
    for helper in HELPERS {
        edits.extend(import(source, helper, &replaced).map(|range| (range, String::new())));
    }
    edits.extend(needless.edits(source, &edits));
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = source.text.to_owned();
    for (range, with) in edits {
        text.replace_range(range, &with);
    }
    text
}

/// The edits that put the declarations into the place of the bindings.
fn with_bindings(
    source: &Source<'_>,
    sites: &[&Site],
    bindings: &str,
    declared: &str,
) -> Vec<(Range<usize>, String)> {
    let old = format!("{bindings}::");
    let new = format!("{declared}::");
    let replaced = sites.iter();
    let replaced = replaced.map(|site| (site.range.clone(), site.text.replace(&old, &new)));
    let mut edits: Vec<(Range<usize>, String)> = replaced.collect();
    let is_free = |range: &Range<usize>, edits: &[(Range<usize>, String)]| {
        let apart = |(other, _): &(Range<usize>, String)| {
            range.end <= other.start || other.end <= range.start
        };
        edits.iter().all(apart)
    };
    for (at, token) in source.tokens.iter().enumerate() {
        if source.word(at) != bindings || !is_free(&token.range, &edits) {
            continue;
        }
        let before = at.checked_sub(1).map_or("", |at| source.word(at));
        if before == "mod" && source.word(at + 1) == ";" {
            let end = token.range.end + 1;
            edits.push((end..end, format!("\nmod {declared};")));
        } else if source.word(at + 1) == ":" && source.word(at + 2) == ":" && is_own(source, at) {
            edits.push((token.range.clone(), declared.to_owned()));
        }
    }
    edits
}

/// Names a module in the root of a crate, behind the attributes of the crate.
fn first_module(source: &Source<'_>, module: &str) -> (Range<usize>, String) {
    let mut at = 0;
    let mut end = 0;
    while source.word(at) == "#" && source.word(at + 1) == "!" {
        let mut depth = 0_usize;
        for (next, token) in source.tokens.iter().enumerate().skip(at + 2) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                end = token.range.end;
                at = next + 1;
                break;
            }
        }
    }
    let text = match end {
        0 => format!("mod {module};\n\n"),
        _ => format!("\n\nmod {module};"),
    };
    (end..end, text)
}

/// Whether a path starts with the word, or with `crate::`, `self::` or `super::` before it.
fn is_own(source: &Source<'_>, at: usize) -> bool {
    if at < 3 || source.word(at - 1) != ":" || source.word(at - 2) != ":" {
        return true;
    }
    matches!(source.word(at - 3), "crate" | "self" | "super")
}

/// The import of a helper that only rewritten places called: in a list with others, with its comma.
fn import(source: &Source<'_>, helper: &str, replaced: &[Range<usize>]) -> Option<Range<usize>> {
    let mut imported = None;
    let mut in_use = false;
    let mut was_called = false;
    for (at, token) in source.tokens.iter().enumerate() {
        match source.word(at) {
            "use" => in_use = true,
            ";" => in_use = false,
            word if word == helper && in_use => imported = Some(at),
            word if word == helper => {
                let is_replaced = |range: &Range<usize>| range.contains(&token.range.start);
                if !replaced.iter().any(is_replaced) {
                    return None;
                }
                was_called = true;
            }
            _ => {}
        }
    }
    let at = imported.filter(|_| was_called)?;
    let before = source.word(at.checked_sub(1)?);
    let range = &source.tokens[at].range;
    match (before, source.word(at + 1)) {
        ("{" | ",", ",") => {
            let comma = &source.tokens[at + 1].range;
            let behind = &source.text[comma.end..];
            let blank = behind.len() - behind.trim_start().len();
            Some(range.start..comma.end + blank)
        }
        (",", "}") => Some(source.tokens[at - 1].range.start..range.end),
        // A path of its own: back to `use`.
        (":", ";") => {
            let start = (0..at).rev().find(|at| source.word(*at) == "use")?;
            let has_list = (start..at).any(|at| source.word(at) == "{");
            let end = source.tokens[at + 1].range.end;
            let line = usize::from(source.text[end..].starts_with('\n'));
            (!has_list).then(|| source.tokens[start].range.start..end + line)
        }
        _ => None,
    }
}
