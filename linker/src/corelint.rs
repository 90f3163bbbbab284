//! Runs the linter's rules for IR over the linked program (`--corelint`). After inlining, a constant and the
//! pointer that it is added to are in one function, so these rules see more than the linter.

use std::io::{self, Write as _};

use bpf_core_flow::facts::{Facts, Place};
use bpf_core_flow::{module, words};
use clap::ValueEnum;
use inkwell::module::Module;

use crate::error::{Error, Location, Result};

/// What to do about findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// To show them.
    Warn,
    /// To show them and fail.
    Deny,
}

/// Something wrong at one place of a program.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    place: Place,
    rule: &'static str,
    message: String,
    help: &'static str,
}

/// Checks a linked program.
///
/// # Errors
/// There are findings, and the level is `Deny`.
pub(crate) fn check(module: &Module<'_>, level: Level) -> Result<()> {
    let findings = judge(&module::facts(module));
    match level {
        Level::Warn => show(&findings, "warning"),
        // The link fails with the first one.
        Level::Deny => {
            if let Some((first, rest)) = findings.split_first() {
                show(rest, "error");
                return Err(error(first));
            }
        }
    }
    Ok(())
}

/// What the rules find, by file and line.
fn judge(facts: &Facts<Place>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |place: &Place, rule, message, help| {
        findings.push(Finding {
            place: place.clone(),
            rule,
            message,
            help,
        });
    };
    for (address, step) in facts.constants() {
        let pointer = words::pointer(address.name.as_deref());
        let message = words::hardcoded_offset(&step.bytes.to_string(), &pointer);
        let rule = words::HARDCODED_OFFSET;
        add(&step.place, rule, message, words::READ_BY_NAME);
    }
    for (address, both) in facts.conflicts() {
        let pointer = words::pointer(address.name.as_deref());
        let message = words::conflicting_offset(&pointer, both);
        let rule = words::CONFLICTING_OFFSET;
        add(&address.place, rule, message, words::READ_BY_NAME);
    }
    for function in facts.without_debug_info() {
        let message = words::missing_debug_info(function);
        let rule = words::MISSING_DEBUG_INFO;
        add(&function.place, rule, message, words::BUILD_WITH_DEBUG_INFO);
    }
    findings.sort();
    findings.dedup();
    findings
}

fn show(findings: &[Finding], word: &str) {
    for finding in findings {
        let text = error(finding).to_string();
        let text = text.strip_prefix("error").unwrap_or(&text);
        // Nothing is left to do where even this cannot be written.
        let _ = writeln!(io::stderr(), "{word}{text}");
    }
}

fn error(finding: &Finding) -> Error {
    let place = &finding.place;
    let source = (place.line != 0).then(|| Location {
        file: place.file.clone().into(),
        line: place.line,
        column: place.column,
    });
    Error::new(format!("{} ({})", finding.message, finding.rule))
        .at(source)
        .note(format!("in function `{}`", place.function))
        .help(finding.help)
}
