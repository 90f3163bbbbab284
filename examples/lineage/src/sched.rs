//! `/proc/PID/sched`: what the scheduler itself says of a process.

use std::fmt;
use std::fs;
use std::str::FromStr;

use anyhow::{Context as _, Result};

/// Where a process stands on its run queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Nanoseconds, between these: the file shows no sign between -1 ms and 0.
    pub(crate) vruntime: (i64, i64),
    /// How often the process has slept. Waking up moves `vruntime`, backwards too.
    pub(crate) sleeps: u64,
}

impl Position {
    /// Of this process; `None` where the kernel has no such file.
    pub(crate) fn own() -> Result<Option<Self>> {
        match fs::read_to_string("/proc/self/sched") {
            Ok(sched) => Self::parse(&sched)
                .context("/proc/self/sched has no `se.vruntime`")
                .map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Lines as `se.vruntime       :         155.442693`, in milliseconds.
    fn parse(sched: &str) -> Option<Self> {
        let value = |name: &str| {
            let lines = sched.lines().filter_map(|line| line.split_once(':'));
            let mut named = lines.filter(|(key, _)| key.trim() == name);
            named.next().map(|(_, value)| value.trim())
        };
        let (whole, fraction) = value("se.vruntime")?.split_once('.')?;
        let milliseconds: i64 = whole.parse().ok()?;
        let rest: i64 = fraction.parse().ok()?;
        let vruntime = match milliseconds {
            0 => (-rest, rest),
            1.. => (
                milliseconds * 1_000_000 + rest,
                milliseconds * 1_000_000 + rest,
            ),
            _ => (
                milliseconds * 1_000_000 - rest,
                milliseconds * 1_000_000 - rest,
            ),
        };
        Some(Self {
            vruntime,
            sleeps: value("nr_voluntary_switches")?.parse().ok()?,
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.vruntime;
        write!(f, "{low} {high} {}", self.sleeps)
    }
}

impl FromStr for Position {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut words = text.split(' ');
        let mut next = || words.next().context("too few numbers");
        Ok(Self {
            vruntime: (next()?.parse()?, next()?.parse()?),
            sleeps: next()?.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    fn vruntime(shown: &str) -> Option<(i64, i64)> {
        let sched = format!(
            "a (1, #threads: 1)\n---\nse.vruntime   :   {shown}\nnr_voluntary_switches : 3\n"
        );
        Position::parse(&sched).map(|position| position.vruntime)
    }

    #[test]
    fn the_kernel_shows_milliseconds() {
        assert_eq!(vruntime("155.442693"), Some((155_442_693, 155_442_693)));
        assert_eq!(vruntime("-2.000001"), Some((-2_000_001, -2_000_001)));
        assert_eq!(vruntime("0.000007"), Some((-7, 7)));
        assert_eq!(vruntime("none"), None);
    }

    #[test]
    fn a_position_survives_a_pipe() {
        let position = Position {
            vruntime: (-7, 7),
            sleeps: 3,
        };
        assert_eq!(
            position.to_string().parse::<Position>().ok(),
            Some(position)
        );
    }
}
