//! Explanations as text for people.

use std::fmt::Write as _;

use super::Explanation;
use super::explain::Explained;

pub(super) fn text(explanation: &Explanation) -> String {
    let mut text = String::new();
    for (at, one) in explanation.refusals.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(&refusal(one));
    }
    if explanation.refusals.is_empty() {
        text.push_str("no line of this log is known to tell a cause\n");
    }
    if !explanation.unknown.is_empty() {
        text.push_str("\nnot recognised:\n");
        for line in &explanation.unknown {
            let line: String = line.chars().take(200).collect();
            let _ = writeln!(text, "  {}", line.escape_debug());
        }
    }
    text
}

fn refusal(one: &Explained) -> String {
    let mut text = format!("refused[{}]: {}\n", one.cause, one.what);
    if let (Some(file), Some(line)) = (&one.file, one.line) {
        let _ = writeln!(text, "  --> {file}:{line}");
        if let Some(source) = &one.source {
            let _ = writeln!(text, "   | {source}");
        }
    }
    let mut row = |title: &str, what: &str| {
        let _ = writeln!(text, "   = {title}: {what}");
    };
    if let Some(program) = &one.program {
        let function = one
            .function
            .as_ref()
            .filter(|function| *function != program);
        let mut place = format!("`{program}`");
        if let Some(function) = function {
            let _ = write!(place, ", in `{function}`");
        }
        if let Some(insn) = one.instruction {
            let _ = write!(place, ", instruction {insn}");
        }
        if let Some(code) = &one.code {
            let _ = write!(place, ": `{code}`");
        }
        row("program", &place);
    }
    if let Some(lack) = &one.lack {
        match lack.why.as_str() {
            "" => row("absent on", &lack.kernels),
            why => row("absent on", &format!("{}; {why}", lack.kernels)),
        }
    }
    let log = format!("line {}: {}", one.log_line, one.log_text.escape_debug());
    row("log", &log.replace("\\'", "'").replace("\\\"", "\""));
    one.notes.iter().for_each(|note| row("note", note));
    row("help", &one.cure);
    text
}
