//! A line of the answer: what was looked at, what was found, and the cure.

use serde::Serialize;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The running kernel, which loads programs.
    Kernel,
    /// Compilers and linkers.
    Toolchain,
    /// The project.
    Project,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is as it should be.
    Ok,
    /// It is good to know.
    Note,
    /// Something will be left out, or differ from what was meant.
    Warning,
    /// It stops the build or the load.
    Error,
}

/// A line of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub part: Part,
    /// What was looked at.
    pub subject: &'static str,
    /// How bad it is.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do, unless all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
    /// The files that it was found in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

impl Line {
    /// Something that is as it should be.
    pub(super) fn ok(part: Part, subject: &'static str, found: impl Into<String>) -> Self {
        Self {
            part,
            subject,
            state: State::Ok,
            found: found.into(),
            cure: None,
            places: Vec::new(),
        }
    }

    /// Something to do about it.
    pub(super) fn bad(
        part: Part,
        subject: &'static str,
        state: State,
        found: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self {
            state,
            cure: Some(cure.into()),
            ..Self::ok(part, subject, found)
        }
    }

    /// The same, with the file that it was found in.
    pub(super) fn at(mut self, place: impl Into<String>) -> Self {
        self.places.push(place.into());
        self
    }
}

/// Puts lines that say the same together.
pub(super) fn merge(lines: Vec<Line>) -> Vec<Line> {
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        let same = |other: &&mut Line| {
            (other.part, other.subject, other.state) == (line.part, line.subject, line.state)
                && (&other.found, &other.cure) == (&line.found, &line.cure)
        };
        match merged.iter_mut().find(same) {
            Some(other) => other.places.extend(line.places),
            None => merged.push(line),
        }
    }
    merged.sort_by_key(|line| line.part);
    for line in &mut merged {
        line.places.sort();
        line.places.dedup();
    }
    merged
}
