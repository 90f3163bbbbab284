//! Differences between predictions and kernels that are understood, a line each in
//! `kernels/differences.txt`: object, program, loader, a word of the kernels' names, and the reason. A `*`
//! ends the name of an object or of a program of which only the start counts; alone, it means all.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use setup::workspace;

use super::comparison::Case;

/// The list.
#[derive(Debug, Default)]
pub(crate) struct Known(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    object: String,
    program: String,
    by: String,
    kernels: String,
    reason: String,
}

impl Entry {
    fn is_about(&self, case: &Case) -> bool {
        is_like(&case.outcome.object, &self.object)
            && is_like(&case.outcome.program, &self.program)
            && is_like(&case.outcome.by.to_string(), &self.by)
            && (self.kernels == "*" || case.kernel.contains(&self.kernels))
    }
}

/// Whether a name is the one that is meant, or starts with what is before its `*`.
fn is_like(name: &str, meant: &str) -> bool {
    match meant.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == meant,
    }
}

fn file() -> PathBuf {
    workspace::root().join("kernels/differences.txt")
}

impl Known {
    pub(crate) fn read() -> Result<Self> {
        let file = file();
        let text = fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
        Self::parse(&text).with_context(|| file.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().zip(1..).filter(|(line, _)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        let entries = lines.map(|(line, number)| {
            let mut words = line.splitn(5, ' ').map(str::to_owned);
            let mut next = || words.next().filter(|word| !word.is_empty());
            match (next(), next(), next(), next(), next()) {
                (Some(object), Some(program), Some(by), Some(kernels), Some(reason)) => Ok(Entry {
                    object,
                    program,
                    by,
                    kernels,
                    reason,
                }),
                _ => bail!(
                    "line {number}: not `OBJECT PROGRAM LOADER KERNELS REASON`, with a space between"
                ),
            }
        });
        Ok(Self(entries.collect::<Result<_>>()?))
    }

    /// Marks the differences that are known. Gives a text for each entry whose programs were compared and
    /// differ no more.
    pub(super) fn explain(&self, cases: &mut [Case]) -> Vec<String> {
        let mut stale = Vec::new();
        for entry in &self.0 {
            let mut is_seen = false;
            let mut is_needed = false;
            for case in cases.iter_mut().filter(|case| entry.is_about(case)) {
                is_seen = true;
                if case.agreement.is_difference() {
                    is_needed = true;
                    case.known = Some(entry.reason.clone());
                }
            }
            if is_seen && !is_needed {
                stale.push(format!(
                    "`{} {} {} {}` differs no more: take the line out of kernels/differences.txt",
                    entry.object, entry.program, entry.by, entry.kernels
                ));
            }
        }
        stale
    }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::Agreement;
    use super::super::comparison::tests::case;
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        Known::read().unwrap();
        let told = |text: &str| format!("{:#}", Known::parse(text).unwrap_err());
        assert!(told("# a comment\n\no p *\n").starts_with("line 3: not `OBJECT PROGRAM"));
    }

    #[test]
    fn a_known_difference_is_not_wrong_and_one_that_is_gone_is_told() {
        let known = Known::parse(
            "o p* libbpf 6.1 the verifier is right\no q * 6.1 old\no p * arm64 other\n",
        )
        .unwrap();
        let mut cases = [
            case("pid", Agreement::MissedRefusal),
            case("q", Agreement::Right),
        ];
        let stale = known.explain(&mut cases);
        assert_eq!(cases[0].known.as_deref(), Some("the verifier is right"));
        assert!(!cases[0].is_wrong());
        assert_eq!(stale.len(), 1, "{stale:?}");
        assert!(stale[0].starts_with("`o q * 6.1` differs no more"));
    }
}
