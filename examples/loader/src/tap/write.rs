//! Writes a document of TAP, check by check.

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::Result;

/// A document of TAP, as it is written.
pub struct Tap<W> {
    out: W,
    checks: usize,
    done: usize,
    failed: bool,
}

/// What came of a check.
#[derive(Debug)]
pub enum Verdict {
    /// All is as it should be.
    Right,
    /// Something is not. The notes say what.
    Wrong,
    /// It could not be looked at, and this is why. This is no failure.
    Skipped(String),
}

impl Verdict {
    /// Whether `right`.
    pub fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

impl<W: Write> Tap<W> {
    /// Of so many checks.
    pub fn new(mut out: W, checks: usize) -> io::Result<Self> {
        writeln!(out, "1..{checks}")?;
        Ok(Self {
            out,
            checks,
            done: 0,
            failed: false,
        })
    }

    /// A remark for people.
    pub fn note(&mut self, text: impl Display) -> io::Result<()> {
        for line in text.to_string().lines() {
            writeln!(self.out, "# {line}")?;
        }
        Ok(())
    }

    /// Does a check. An error is a note, and the check has failed.
    pub fn check(
        &mut self,
        name: &str,
        check: impl FnOnce(&mut Self) -> Result<Verdict>,
    ) -> io::Result<()> {
        let verdict = match check(self) {
            Ok(verdict) => verdict,
            Err(error) => {
                self.note(told(&error))?;
                Verdict::Wrong
            }
        };
        self.done += 1;
        let number = self.done;
        match verdict {
            Verdict::Right => writeln!(self.out, "ok {number} - {name}"),
            Verdict::Wrong => {
                self.failed = true;
                writeln!(self.out, "not ok {number} - {name}")
            }
            Verdict::Skipped(why) => writeln!(self.out, "ok {number} - {name} # SKIP {why}"),
        }
    }

    /// Whether every check was done, and none has failed.
    pub fn passed(&self) -> bool {
        self.done == self.checks && !self.failed
    }
}

/// An error with its causes, but for those that it tells itself.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn document(verdicts: Vec<Result<Verdict>>) -> (String, bool) {
        let mut out = Vec::new();
        let mut tap = Tap::new(&mut out, 2).unwrap();
        for verdict in verdicts {
            tap.check("hook", |_| verdict).unwrap();
        }
        let passed = tap.passed();
        (String::from_utf8(out).unwrap(), passed)
    }

    #[test]
    fn what_cannot_be_looked_at_is_no_failure() {
        let skipped = Verdict::Skipped("this kernel has no hook".to_owned());
        let (text, passed) = document(vec![Ok(Verdict::Right), Ok(skipped)]);
        assert_eq!(
            text,
            "1..2\nok 1 - hook\nok 2 - hook # SKIP this kernel has no hook\n"
        );
        assert!(passed);
    }

    #[test]
    fn an_error_is_told_and_the_next_check_done() {
        let error = anyhow!("two\nlines").context("it");
        let (text, passed) = document(vec![Err(error), Ok(Verdict::Right)]);
        assert_eq!(
            text,
            "1..2\n# it: two\n# lines\nnot ok 1 - hook\nok 2 - hook\n"
        );
        assert!(!passed);
    }

    #[test]
    fn a_check_that_was_not_done_has_not_passed() {
        assert!(!document(vec![Ok(Verdict::Right)]).1);
    }
}
