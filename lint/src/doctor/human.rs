//! The answer as text for people.

use std::fmt::Write as _;

use super::line::{Line, Part, State};

/// Paths after these few are counted.
const SHOWN: usize = 3;

pub(super) fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut part = None;
    for line in lines {
        if part != Some(line.part) {
            let title = match line.part {
                Part::Kernel => "kernel",
                Part::Toolchain => "toolchain",
                Part::Project => "project",
            };
            let gap = if part.is_some() { "\n" } else { "" };
            let _ = writeln!(text, "{gap}{title}");
            part = Some(line.part);
        }
        let state = match line.state {
            State::Ok => "ok",
            State::Note => "note",
            State::Warning => "warning",
            State::Error => "error",
        };
        let _ = write!(text, "  {state:8} {}: {}", line.subject, line.found);
        if line.state != State::Ok
            && let Some(places) = places(&line.places)
        {
            let _ = write!(text, " ({places})");
        }
        text.push('\n');
        if let Some(cure) = &line.cure {
            let _ = writeln!(text, "           cure: {cure}");
        }
    }
    let count = |state| lines.iter().filter(|line| line.state == state).count();
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let errors = counted(count(State::Error), "error");
    let warnings = counted(count(State::Warning), "warning");
    let _ = writeln!(text, "\n{errors}, {warnings}");
    text
}

fn places(places: &[String]) -> Option<String> {
    let shown: Vec<&str> = places.iter().take(SHOWN).map(String::as_str).collect();
    if shown.is_empty() {
        return None;
    }
    let more = match places.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(shown.join(", ") + &more)
}
