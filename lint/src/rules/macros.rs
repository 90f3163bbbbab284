//! Takes the findings of one macro together: one at its definition, with the uses as labels.

use std::collections::BTreeMap;

use super::Finding;
use crate::front::c::view::{MacroUse, View};
use crate::span::Span;

/// More uses than these help nobody.
const MAX_USES: usize = 4;

/// Merges the findings from `first` on that lie at uses of one macro of the project.
pub fn merge(view: &View, findings: &mut Vec<Finding>, first: usize) {
    let mut by_macro: BTreeMap<(&str, &Span), Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate().skip(first) {
        if let Some(used) = use_at(view, &finding.primary.span) {
            let key = (finding.rule, &used.definition);
            by_macro.entry(key).or_default().push(index);
        }
    }
    let mut dropped = Vec::new();
    for ((_, definition), indexes) in by_macro {
        let [one, others @ ..] = &indexes[..] else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        let spans = indexes
            .iter()
            .map(|index| findings[*index].primary.span.clone());
        let spans: Vec<Span> = spans.take(MAX_USES).collect();
        let finding = &mut findings[*one];
        finding.primary.span = definition.clone();
        finding.fix = None;
        for span in spans {
            finding.secondary.push(super::finding::Label {
                span,
                text: "used here".to_owned(),
            });
        }
        dropped.extend_from_slice(others);
    }
    dropped.sort_unstable();
    for index in dropped.into_iter().rev() {
        findings.remove(index);
    }
}

/// The use of a macro whose own code is at a place: it starts there, and is as long.
fn use_at<'v>(view: &'v View, span: &Span) -> Option<&'v MacroUse> {
    let is_at = |used: &&MacroUse| {
        used.span.source == span.source
            && used.span.start == span.start
            && used.span.end >= span.end
    };
    view.macros
        .iter()
        .filter(is_at)
        .max_by_key(|used| used.span.end)
}
