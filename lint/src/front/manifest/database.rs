//! Finds commands in `compile_commands.json`.

use std::sync::Arc;

use serde::Deserialize;

use super::commands::Command;
use crate::span::Span;

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    file: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    arguments: Vec<String>,
}

/// Checks that a text is a compilation database.
pub(super) fn check(text: &str) -> Result<(), String> {
    let parsed = serde_json::from_str::<Vec<Entry>>(text);
    parsed
        .map(drop)
        .map_err(|error| format!("no compilation database: {error}"))
}

pub(super) fn commands(path: &Arc<str>, text: &str) -> Vec<Command> {
    let entries: Vec<Entry> = serde_json::from_str(text).unwrap_or_default();
    let mut from = 0;
    let mut found = Vec::new();
    for entry in entries {
        let words = if entry.arguments.is_empty() {
            entry
                .command
                .split_whitespace()
                .map(str::to_owned)
                .collect()
        } else {
            entry.arguments
        };
        let mut command = Command {
            words,
            is_open: false,
            span: Span::new(path, 0..0),
        };
        if !command.compiles_bpf() {
            continue;
        }
        // In the order of the file. A name that is written in another way there ends the search.
        let quoted = serde_json::to_string(&entry.file).unwrap_or_default();
        if let Some(at) = text[from..].find(&quoted) {
            let start = from + at;
            from = start + quoted.len();
            command.span = Span::new(path, start..from);
        } else {
            from = text.len();
        }
        found.push(command);
    }
    found
}
