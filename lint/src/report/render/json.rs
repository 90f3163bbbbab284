//! Cargo's `compiler-message` lines, which editors read.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Page, human, in_part, record, severity};
use crate::report::sink::{Report, Results};
use crate::rules::finding::{Applicability, Edit, Finding};
use crate::span::Span;

/// Cargo's messages, then a line for each object that was judged on kernels, and for each C file that was
/// understood in part.
pub(super) fn render(page: &mut Page, results: &Results) -> String {
    let mut out = String::new();
    for report in &results.reports {
        let owner = &report.owner;
        let line = json!({
            "reason": "compiler-message",
            "package_id": owner.package_id,
            "manifest_path": owner.manifest_path.clone().unwrap_or_default(),
            "target": {
                "kind": [owner.target_kind],
                "crate_types": [owner.target_kind],
                "name": owner.name,
                "src_path": owner.src_path,
                "edition": "2024",
                "doc": true,
                "doctest": false,
                "test": false,
            },
            "message": message(page, report),
        });
        // Writing to a string does not fail.
        let _ = writeln!(out, "{line}");
    }
    let matrices = results.matrices.iter().filter(|_| !page.is_editor);
    for matrix in matrices.collect::<Vec<_>>() {
        let record = record::of(page, matrix, &results.reports);
        // Texts and numbers: it cannot fail.
        let line = serde_json::to_string(&record).unwrap_or_default();
        let _ = writeln!(out, "{line}");
    }
    let in_part = results.in_part.iter().filter(|_| !page.is_editor);
    for one in in_part.collect::<Vec<_>>() {
        let (file, line, text) = in_part::told(page, one);
        let line = json!({ "reason": "in-part", "file": file, "line": line, "message": text });
        let _ = writeln!(out, "{line}");
    }
    out
}

fn message(page: &mut Page, report: &Report) -> Value {
    let finding = &report.finding;
    let mut spans = Vec::new();
    spans.extend(span(
        page,
        &finding.primary.span,
        &finding.primary.text,
        true,
    ));
    for label in &finding.secondary {
        spans.extend(span(page, &label.span, &label.text, false));
    }
    json!({
        "$message_type": "diagnostic",
        "message": finding.message,
        "code": { "code": format!("corelint::{}", finding.rule), "explanation": null },
        "level": severity(report.level),
        "spans": spans,
        "children": children(page, finding),
        "rendered": human::one(page, report, page.color),
    })
}

fn children(page: &mut Page, finding: &Finding) -> Vec<Value> {
    let child = |level: &str, message: &str, spans: Vec<Value>| {
        json!({
            "message": message,
            "code": null,
            "level": level,
            "spans": spans,
            "children": [],
            "rendered": null,
        })
    };
    let notes = finding
        .notes
        .iter()
        .map(|note| child("note", note, Vec::new()));
    let helps = finding
        .help
        .iter()
        .map(|help| child("help", help, Vec::new()));
    let mut children: Vec<Value> = notes.chain(helps).collect();
    if let Some(fix) = &finding.fix {
        let edits = fix.edits.iter();
        let spans = edits.filter_map(|edit| suggestion(page, edit, fix.applicability));
        let spans = spans.collect();
        children.push(child("help", &fix.text, spans));
    }
    children
}

fn suggestion(page: &mut Page, edit: &Edit, applicability: Applicability) -> Option<Value> {
    let mut span = span(page, &edit.span, "", true)?;
    span["suggested_replacement"] = json!(edit.text);
    span["suggestion_applicability"] = json!(match applicability {
        Applicability::MachineApplicable => "MachineApplicable",
        Applicability::MaybeIncorrect => "MaybeIncorrect",
    });
    Some(span)
}

fn span(page: &mut Page, span: &Span, label: &str, primary: bool) -> Option<Value> {
    let region = page.region(span)?;
    let text = page.text(&span.source);
    let range = text.clamp(span);
    let lines = text.line(range.start)..=text.line(range.end);
    // An editor shows a few lines, and a whole file would be a long message.
    let lines: Vec<Value> = lines
        .take(16)
        .map(|line| {
            let content = text.of_line(line);
            let number = line + text.first_line;
            let length = content.chars().count() + 1;
            let first = number == region.start.line;
            let last = number == region.end.line;
            json!({
                "text": content,
                "highlight_start": if first { region.start.column } else { 1 },
                "highlight_end": if last { region.end.column } else { length },
            })
        })
        .collect();
    Some(json!({
        "file_name": page.shown(span.source.path()),
        "byte_start": range.start,
        "byte_end": range.end,
        "line_start": region.start.line,
        "line_end": region.end.line,
        "column_start": region.start.column,
        "column_end": region.end.column,
        "is_primary": primary,
        "text": lines,
        "label": if label.is_empty() { Value::Null } else { json!(label) },
        "suggested_replacement": null,
        "suggestion_applicability": null,
        "expansion": null,
    }))
}
