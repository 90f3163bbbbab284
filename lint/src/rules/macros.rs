//! Takes the findings of one macro together: one at its definition, with the uses as labels.

use std::collections::BTreeMap;

use super::Finding;
use crate::front::View;
use crate::span::Span;

/// More uses than these help nobody.
const MAX_USES: usize = 4;

/// A use of a macro, and its definition.
type Use = (Span, Span);

/// Merges the findings from `first` on that lie at uses of one macro of the project.
pub fn merge(view: &View, findings: &mut Vec<Finding>, first: usize) {
    let uses = uses(view);
    for finding in &mut findings[first..] {
        // What a macro made cannot be written where it is used.
        finding.fix = finding
            .fix
            .take()
            .filter(|_| !is_made(view, &uses, finding));
    }
    let mut by_macro: BTreeMap<(&str, &Span), Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate().skip(first) {
        if let Some((_, definition)) = use_at(&uses, &finding.primary.span) {
            let key = (finding.rule, definition);
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

fn uses(view: &View) -> Vec<Use> {
    match view {
        View::C(view) => {
            let uses = view.macros.iter();
            uses.map(|used| (used.span.clone(), used.definition.clone()))
                .collect()
        }
        View::Rust(krate) => {
            let uses = krate.functions.iter().flat_map(|function| {
                let uses = function.macros.iter();
                uses.filter_map(|(at, name)| {
                    let declared = krate.facts.macros.get(name)?;
                    let definition = Span::new(&declared.path, declared.name.clone());
                    Some((function.span(at), definition))
                })
            });
            uses.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a finding in Rust is about what a macro made.
fn is_made(view: &View, uses: &[Use], finding: &Finding) -> bool {
    let of_rust = matches!(view, View::Rust(_));
    of_rust
        && uses
            .iter()
            .any(|(used, _)| used.contains(&finding.primary.span))
}

/// The use of a macro whose own code is at a place: it starts there, and is as long.
fn use_at<'u>(uses: &'u [Use], span: &Span) -> Option<&'u Use> {
    let is_at = |(used, _): &&Use| {
        used.source == span.source && used.start == span.start && used.end >= span.end
    };
    uses.iter().filter(is_at).max_by_key(|(used, _)| used.end)
}
