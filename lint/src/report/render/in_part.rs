//! How much of the C files was understood: one line, and a line for each file that was understood in part.

use std::collections::BTreeMap;

use super::Page;
use crate::front::InPart;
use crate::report::sink::Results;

/// Reasons that the one line names.
const MAX_REASONS: usize = 3;

/// `175 C files read, 3 of them in part: `driver_config.h` is missing`
#[must_use]
pub(crate) fn summary(results: &Results) -> String {
    let (sources, in_part) = (results.sources, &results.in_part);
    let files = if sources == 1 { "C file" } else { "C files" };
    if in_part.is_empty() {
        return format!("{sources} {files} read");
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for one in in_part {
        let reason = one.missing.as_deref().unwrap_or(&one.why);
        *reasons.entry(reason).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = reasons.len().saturating_sub(MAX_REASONS);
    let named = reasons.iter().take(MAX_REASONS).map(|(reason, _)| *reason);
    let mut text = named.collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more, which `-v` shows"));
    }
    format!("{sources} {files} read, {} in part: {text}", in_part.len())
}

/// Where and why each file was understood in part.
#[must_use]
pub(crate) fn lines(page: &mut Page, all: &[InPart]) -> Vec<String> {
    let lines = all.iter().map(|one| {
        let (path, line, text) = told(page, one);
        format!("{path}:{line}: note: {text}")
    });
    lines.collect()
}

/// The file, the line, and the words.
pub(super) fn told(page: &mut Page, one: &InPart) -> (String, usize, String) {
    let line = page.line(&one.at).unwrap_or(1);
    let path = page.shown(one.at.source.path()).to_owned();
    let mut text = match path == page.shown(&one.file) {
        true => format!("understood in part: {}", one.why),
        false => format!(
            "`{}` is understood in part: {}",
            page.shown(&one.file),
            one.why
        ),
    };
    if let Some(missing) = &one.missing {
        text.push_str(&format!("; {missing}"));
    }
    match one.errors {
        0 | 1 => {}
        2 => text.push_str(", and 1 more place"),
        errors => text.push_str(&format!(", and {} more places", errors - 1)),
    }
    (path, line, text)
}
