//! `--verify`: reads from a disk, and compares with what the kernel counts itself.

use std::io;
use std::time::{Duration, Instant};

use anyhow::Result;
use example_loader::{Attached, Object, Tap, Verdict};

use crate::attach;
use crate::disk::Readable;
use crate::histogram::Histograms;

/// So many reads at a time.
const READS: u64 = 8;
/// How often they are tried again because others use the disk.
const ATTEMPTS: usize = 500;
/// The kernel counts a request a little after it has woken up who waits for it, so that one of
/// another may look like one of ours. Not so often.
const DIFFERENCES: usize = 5;

/// Whether each request was counted once, for its disk.
pub(crate) fn run(object: &mut Object) -> Result<bool> {
    let mut tap = Tap::new(io::stdout().lock(), 1)?;
    tap.check("block_rq_issue, block_rq_complete", |tap| {
        verify(object, tap)
    })?;
    Ok(tap.passed())
}

fn verify(object: &mut Object, tap: &mut Tap<impl io::Write>) -> Result<Verdict> {
    let disk = match Readable::find()? {
        Ok(disk) => disk,
        Err(why) => return Ok(Verdict::Skipped(why)),
    };
    if let Attached::NoHook(why) = attach(object)? {
        return Ok(Verdict::Skipped(why));
    }
    let mut different = Vec::new();
    for _ in 0..ATTEMPTS {
        // Whatever is in between counts on both sides, or on neither.
        let counted_before = disk.requests()?;
        let before = Histograms::read(object)?;
        let start = Instant::now();
        for _ in 0..READS {
            disk.read()?;
        }
        let elapsed = start.elapsed();
        let after = Histograms::read(object)?;
        std::thread::sleep(Duration::from_millis(1));
        if disk.requests()? - counted_before != READS {
            continue;
        }
        let requests = after.requests(disk.disk, &before);
        let least = after.least(disk.disk, &before);
        if requests == READS && u128::from(least) <= elapsed.as_micros() {
            tap.note(&after)?;
            tap.note(format_args!(
                "{READS} reads from {}: so many requests here and in /sys/block/{0}/stat",
                disk.name
            ))?;
            return Ok(Verdict::Right);
        }
        different.push(format!(
            "{READS} reads from {} in {elapsed:?}: {requests} requests that took {least} us or more",
            disk.name
        ));
        if different.len() == DIFFERENCES {
            tap.note(different.join("\n"))?;
            tap.note(&after)?;
            return Ok(Verdict::Wrong);
        }
    }
    Ok(Verdict::Skipped(format!(
        "others use {} all the time",
        disk.name
    )))
}
