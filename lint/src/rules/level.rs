//! How much a finding matters.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};

/// What is done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
