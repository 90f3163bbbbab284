//! What a kernel made of a program, as `kernels/load` tells it, and the kind of its reason.

use std::fmt;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;

use super::By;
use crate::boot::Boot;
use crate::transcript::Run;

/// A program, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Outcome {
    pub(crate) by: By,
    pub(crate) object: String,
    pub(crate) program: String,
    pub(crate) section: String,
    pub(crate) end: End,
    /// The last line of the verifier or of libbpf.
    pub(crate) why: String,
}

/// How a load ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum End {
    Accepted,
    Refused,
    /// Another program is refused that libbpf loads with it: the kernel does not see this one.
    Unasked,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unasked => "unasked",
        })
    }
}

/// All that a guest has told of a loader.
pub(crate) fn all(boot: &Boot, by: By) -> Result<Vec<Outcome>> {
    let mut runs = boot.transcript.runs.iter();
    let run = runs.find(|run| run.example == by.program());
    let run = run.with_context(|| format!("nothing was loaded by {by}"))?;
    if !run.succeeded() {
        let last = run.output.last().map_or("", String::as_str);
        let end = run.end.as_deref().unwrap_or("it did not end");
        bail!("{}: {end}, after `{last}`", by.program());
    }
    parse(run, by)
}

fn parse(run: &Run, by: By) -> Result<Vec<Outcome>> {
    // The kernel may say something between two lines.
    let lines = run
        .output
        .iter()
        .filter(|line| line.matches('\t').count() == 4);
    let outcomes = lines.map(|line| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (object, program, section) = (next(), next(), next());
        let end = match &*next() {
            "accepted" => End::Accepted,
            "refused" => End::Refused,
            "unasked" => End::Unasked,
            other => bail!("`{other}` is no end of a load, in `{line}`"),
        };
        Ok(Outcome {
            by,
            object,
            program,
            section,
            end,
            why: next(),
        })
    });
    let outcomes: Vec<Outcome> = outcomes.collect::<Result<_>>()?;
    ensure!(!outcomes.is_empty(), "no program was loaded");
    Ok(outcomes)
}

/// Kinds of reasons, and words of libbpf and of the verifier that tell them. The first that fits counts.
const KINDS: &[(&str, &[&str])] = &[
    ("core-poison", &["CO-RE relocation", "195896080"]),
    (
        "ksym",
        &[
            "extern (",
            "kfunc ",
            "kernel function",
            "calling kernel func",
            "not allowed to call kernel",
        ],
    ),
    (
        "helper",
        &[
            "unknown func",
            "invalid func",
            "program of this type cannot use helper",
            "cannot call GPL-restricted",
            "helper call might sleep",
            "helper call is not allowed",
        ],
    ),
    (
        "instruction",
        &[
            "unknown opcode",
            "uses reserved fields",
            "invalid BPF_",
            "unknown insn",
            "BPF_ATOMIC",
        ],
    ),
    (
        "hook",
        &[
            "failed to find kernel BTF type ID",
            "attach_btf_id",
            "attach to",
            "doesn't have",
            "is not modifiable",
            "not supported for",
            "is not sleepable",
            "failed to resolve",
        ],
    ),
    (
        "map",
        &[
            "failed to create",
            "referenced but wasn't created",
            "bpf_create_map",
            "map '",
        ],
    ),
    (
        "program-type",
        &[
            "missing BPF prog type",
            "Invalid argument (22)",
            "unrecognized",
            "failed to load: -EINVAL",
        ],
    ),
];

/// The kind of a refusal's reason, as far as its words tell: `hook`, `helper`, `verifier`.
pub(crate) fn kind(why: &str) -> &'static str {
    let of = |words: &&[&str]| words.iter().any(|word| why.contains(word));
    let found = KINDS.iter().find(|(_, words)| of(words));
    found.map_or("verifier", |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_guest_are_read() {
        let run = Run {
            example: By::Aya.program().to_owned(),
            output: vec![
                "o\tp\tkprobe/f\trefused\tunknown func bpf_x#200".to_owned(),
                "[ 1.2] a word of the kernel".to_owned(),
                "o\tq\txdp\taccepted\t".to_owned(),
            ],
            end: None,
        };
        let outcomes = parse(&run, By::Aya).unwrap();
        let told: Vec<_> = outcomes
            .iter()
            .map(|one| (&*one.program, one.end))
            .collect();
        assert_eq!(told, [("p", End::Refused), ("q", End::Accepted)]);
        assert_eq!(kind(&outcomes[0].why), "helper");
        let broken = Run {
            output: vec!["o\tp\tx\tlost\t".to_owned()],
            ..run
        };
        assert!(
            parse(&broken, By::Aya)
                .unwrap_err()
                .to_string()
                .contains("`lost`")
        );
    }

    #[test]
    fn kinds_of_reasons() {
        for (why, expected) in [
            (
                "failed to resolve CO-RE relocation <byte_off> [9] struct task_struct.state",
                "core-poison",
            ),
            (
                "prog 'p': failed to find kernel BTF type ID of 'f': -ESRCH",
                "hook",
            ),
            ("unknown opcode db", "instruction"),
            ("BPF_STX uses reserved fields", "instruction"),
            ("map 'm': failed to create: -EINVAL", "map"),
            ("R2 invalid mem access 'scalar'", "verifier"),
        ] {
            assert_eq!(kind(why), expected, "{why}");
        }
    }
}
