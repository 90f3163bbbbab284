//! The linter's rules for IR, over the whole program: after inlining, a constant meets the
//! pointer that it is added to.

use std::io::{self, Write as _};

use bpf_core_flow::{Finding, module};
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

/// Checks a linked program.
///
/// # Errors
/// There are findings, and the level is `Deny`.
pub(crate) fn check(module: &Module<'_>, level: Level) -> Result<()> {
    let findings = module::check(module);
    match level {
        Level::Warn => show(&findings, "warning"),
        // The first one is what the link fails with.
        Level::Deny => {
            if let Some((first, rest)) = findings.split_first() {
                show(rest, "error");
                return Err(error(first));
            }
        }
    }
    Ok(())
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
    let error = Error::new(format!("{} ({})", finding.message, finding.rule));
    let error = match finding.line {
        0 => error,
        line => error.at(Some(Location {
            file: finding.file.clone().into(),
            line,
            column: finding.column,
        })),
    };
    error
        .note(format!("in function `{}`", finding.function))
        .help(finding.help)
}
