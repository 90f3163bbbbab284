//! SARIF 2.1.0, which code scanning services read.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Page, in_part, severity};
use crate::digest::digest;
use crate::front::InPart;
use crate::report::sink::{Report, Results};
use crate::rules;
use crate::rules::finding::Label;
use crate::span::Span;

pub(super) fn render(page: &mut Page, results: &Results) -> String {
    let in_part: Vec<Value> = results
        .in_part
        .iter()
        .map(|one| notification(page, one))
        .collect();
    let reports = &results.reports;
    let rules: Vec<Value> = rules::ALL.iter().map(|rule| descriptor(rule)).collect();
    // Equal lines have equal prints: the count tells them apart.
    let mut seen = HashMap::new();
    let results: Vec<Value> = reports
        .iter()
        .map(|report| {
            let print = fingerprint(page, report);
            let count: &mut usize = seen.entry(print.clone()).or_default();
            *count += 1;
            result(page, report, &format!("{print}:{count}"))
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-corelint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": in_part,
            }],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "%SRCROOT%": { "description": { "text": "the folder that was checked" } },
            },
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

/// What was not understood of a C file.
fn notification(page: &mut Page, one: &InPart) -> Value {
    let (_, _, text) = in_part::told(page, one);
    let label = Label {
        span: one.at.clone(),
        text: String::new(),
    };
    json!({
        "level": "note",
        "message": { "text": text },
        "locations": [location(page, &label)],
    })
}

fn descriptor(rule: &rules::Rule) -> Value {
    let level = match rule.level {
        crate::rules::Level::Allow => "note",
        level => severity(level),
    };
    json!({
        "id": rule.name,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": [rule.group.as_str()] },
    })
}

fn result(page: &mut Page, report: &Report, print: &str) -> Value {
    let finding = &report.finding;
    let index = rules::ALL.iter().position(|rule| rule.name == finding.rule);
    let mut text = finding.message.clone();
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": severity(report.level),
        "message": { "text": text },
        "locations": [location(page, &finding.primary)],
        "partialFingerprints": { "corelint/v1": print },
    });
    if !finding.secondary.is_empty() {
        let related: Vec<Value> = finding
            .secondary
            .iter()
            .map(|label| location(page, label))
            .collect();
        result["relatedLocations"] = json!(related);
    }
    if let Some(fix) = &finding.fix {
        let changes: Vec<Value> = fix
            .edits
            .iter()
            .filter_map(|edit| {
                let region = region(page, &edit.span)?;
                Some(json!({
                    "artifactLocation": artifact(page, edit.span.source.path()),
                    "replacements": [{
                        "deletedRegion": region,
                        "insertedContent": { "text": edit.text },
                    }],
                }))
            })
            .collect();
        let description = json!({ "text": fix.text });
        result["fixes"] = json!([{ "description": description, "artifactChanges": changes }]);
    }
    result
}

fn location(page: &mut Page, label: &Label) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(page, label.span.source.path()) });
    if let Some(region) = region(page, &label.span) {
        physical["region"] = region;
    }
    let mut location = json!({ "physicalLocation": physical });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    location
}

fn region(page: &mut Page, span: &Span) -> Option<Value> {
    let region = page.region(span)?;
    Some(json!({
        "startLine": region.start.line,
        "startColumn": region.start.column,
        "endLine": region.end.line,
        "endColumn": region.end.column,
    }))
}

fn artifact(page: &Page, path: &str) -> Value {
    let shown = page.shown(path);
    if Path::new(shown).is_absolute() {
        return json!({ "uri": format!("file://{}", encoded(shown)) });
    }
    json!({ "uri": encoded(shown), "uriBaseId": "%SRCROOT%" })
}

/// A path as a URI has it (RFC 3986).
fn encoded(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char);
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// What stays the same when lines are added above: the rule, the file and the line's text.
fn fingerprint(page: &mut Page, report: &Report) -> String {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let text = page.text(&span.source);
    let line = text
        .of_line(text.line(text.clamp(span).start))
        .trim()
        .to_owned();
    let path = page.shown(span.source.path());
    digest(&[finding.rule.as_bytes(), path.as_bytes(), line.as_bytes()])
}
