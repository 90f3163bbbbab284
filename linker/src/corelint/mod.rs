//! Runs the linter's rules for IR over the linked program (`--corelint`). After inlining, a constant and the
//! pointer that it is added to are in one function, so these rules see more than the linter.

mod words;

use std::io::{self, Write as _};

use bpf_core_flow::facts::{Facts, Place};
use bpf_core_flow::module;
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
        let message = words::hardcoded_offset(address, step.bytes);
        add(
            &step.place,
            "hardcoded-offset",
            message,
            words::READ_BY_NAME,
        );
    }
    for (address, both) in facts.on_two_ways() {
        let message = words::conflicting_offset(address, both);
        let rule = "conflicting-offset";
        add(&address.place, rule, message, words::READ_BY_NAME);
    }
    for (index, function) in facts.functions.iter().enumerate() {
        if let Some(message) = words::missing_debug_info(function, index == 0) {
            let rule = "missing-debug-info";
            add(&function.place, rule, message, words::BUILD_WITH_DEBUG_INFO);
        }
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
