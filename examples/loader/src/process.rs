//! What `/proc` says of a process: nothing here knows of eBPF or BTF.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// `/proc/PID/stat`, as far as it counts here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Of the process.
    pub pid: i32,
    /// Its name, whatever bytes that is.
    pub comm: Vec<u8>,
    /// A letter: `S` sleeps, `R` runs ...
    pub state: char,
    /// Pid of the process that made it.
    pub parent: i32,
    /// When it was made, in ticks since boot.
    pub start: u64,
}

impl Stat {
    /// Of the process `pid`, as it is now.
    pub fn of(pid: i32) -> Result<Self> {
        let path = format!("/proc/{pid}/stat");
        let stat = fs::read(&path).with_context(|| path.clone())?;
        Self::parse(&stat).with_context(|| format!("{path} is not as proc(5) says"))
    }

    /// `42 (a name, with any) byte) S 1 ...`: the name ends at the last bracket.
    fn parse(stat: &[u8]) -> Option<Self> {
        let open = stat.iter().position(|byte| *byte == b'(')?;
        let close = stat.iter().rposition(|byte| *byte == b')')?;
        let after = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
        // Field 3 is the first: proc(5) counts from 1.
        let field = |number: usize| after.split_whitespace().nth(number - 3);
        Some(Self {
            pid: std::str::from_utf8(&stat[..open])
                .ok()?
                .trim()
                .parse()
                .ok()?,
            comm: stat.get(open + 1..close)?.to_owned(),
            state: field(3)?.parse().ok()?,
            parent: field(4)?.parse().ok()?,
            start: field(22)?.parse().ok()?,
        })
    }
}

/// What a tick of `/proc/PID/stat` has of nanoseconds.
pub fn nanoseconds_per_tick() -> Result<u64> {
    let ticks = rustix::param::clock_ticks_per_second();
    ensure!(ticks > 0, "the system has no clock tick");
    Ok(1_000_000_000 / ticks)
}

/// Fails where process ids in `/proc` are not those that the kernel has in `task_struct`.
pub fn ensure_first_pid_namespace() -> Result<()> {
    // `PROC_PID_INIT_INO`, `include/linux/proc_ns.h`
    let first = Path::new("pid:[4026531836]");
    ensure!(
        fs::read_link("/proc/self/ns/pid").is_ok_and(|link| link == first),
        "process ids in /proc are not those of the kernel here: run it in the first PID \
         namespace, as `docker run --pid=host` does"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_end_of_one() {
        let rest = "S 17 ".to_owned() + &"0 ".repeat(17) + "999 5";
        let stat = Stat::parse(format!("42 (a) R 1 (b) {rest}").as_bytes());
        let expected = Stat {
            pid: 42,
            comm: b"a) R 1 (b".to_vec(),
            state: 'S',
            parent: 17,
            start: 999,
        };
        assert_eq!(stat, Some(expected));
        assert_eq!(Stat::parse(b"42 (a) R 1"), None);
    }
}
