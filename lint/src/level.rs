//! How much a finding matters, which is the user's choice: the only place that decides it.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::rules::{self, Group, Rule};

/// What is done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Nothing.
    Allow,
    /// It is shown.
    Warn,
    /// It is shown as an error, and the run fails.
    Deny,
    /// As `Deny`, and no comment or later setting takes it back.
    Forbid,
}

impl Level {
    /// The word in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Forbid => "forbid",
        }
    }

    /// Whether a finding of this level makes the run fail.
    #[must_use]
    pub fn fails(self) -> bool {
        self >= Self::Deny
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "allow" => Self::Allow,
            "warn" => Self::Warn,
            "deny" => Self::Deny,
            "forbid" => Self::Forbid,
            _ => bail!("`{text}` is no level: write `allow`, `warn`, `deny` or `forbid`"),
        })
    }
}

/// What a setting is about.
#[derive(Clone, Copy, Debug)]
pub enum Selector {
    /// Every rule.
    All,
    /// The rules of a group.
    Group(Group),
    /// One rule.
    Rule(&'static Rule),
}

impl Selector {
    fn covers(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Group(group) => rule.group == group,
            Self::Rule(one) => one.name == rule.name,
        }
    }

    fn width(self) -> u8 {
        match self {
            Self::All => 2,
            Self::Group(_) => 1,
            Self::Rule(_) => 0,
        }
    }
}

impl FromStr for Selector {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.strip_prefix("corelint::").unwrap_or(text);
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(group) = Group::ALL.into_iter().find(|group| group.as_str() == text) {
            return Ok(Self::Group(group));
        }
        match rules::find(text) {
            Some(rule) => Ok(Self::Rule(rule)),
            None => bail!("`{text}` is no rule and no group; `cargo corelint rules` lists them"),
        }
    }
}

/// Settings in the order in which they apply: a later one wins, unless a rule is forbidden.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    settings: Vec<(Selector, Level)>,
}

impl Levels {
    /// Adds settings whose order means nothing, such as those of a table: the narrower one wins.
    pub fn table(&mut self, settings: impl IntoIterator<Item = (Selector, Level)>) {
        let mut settings: Vec<_> = settings.into_iter().collect();
        settings.sort_by_key(|(selector, _)| std::cmp::Reverse(selector.width()));
        self.settings.extend(settings);
    }

    /// Adds settings that apply one after the other, such as those of a command line.
    pub fn sequence(&mut self, settings: impl IntoIterator<Item = (Selector, Level)>) {
        self.settings.extend(settings);
    }

    /// What is done about the findings of `rule`.
    #[must_use]
    pub fn of(&self, rule: &Rule) -> Level {
        let covering = self
            .settings
            .iter()
            .filter(|(selector, _)| selector.covers(rule));
        covering.fold(rule.level, |now, &(_, level)| match now {
            Level::Forbid => now,
            _ => level,
        })
    }
}
