//! Latencies by disk, out of the map that the program counts in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Result;
use aya::Pod;
use aya::maps::PerCpuHashMap;
use example_events::{Bucket, Disk};
use example_loader::Object;

/// A bucket as the key of a map.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Key(Bucket);

// SAFETY: it is integers without a gap.
unsafe impl Pod for Key {}

/// What requests went to: `Err` holds the errno of a failed read, `None` is no disk.
type Of = Result<Option<Disk>, i32>;

/// Of each disk how many requests have taken so long.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histograms(BTreeMap<Of, BTreeMap<u32, u64>>);

impl Histograms {
    /// As they are now.
    pub(crate) fn read(object: &mut Object) -> Result<Self> {
        let map: PerCpuHashMap<_, Key, u64> = object.map_mut("LATENCIES")?.try_into()?;
        let mut histograms = Self::default();
        for entry in map.iter() {
            let (Key(bucket), counts) = entry?;
            let of = histograms.0.entry(bucket.disk.get()).or_default();
            of.insert(bucket.bits, counts.iter().sum());
        }
        Ok(histograms)
    }

    /// How many requests went to `disk` since `before`.
    pub(crate) fn requests(&self, disk: Disk, before: &Self) -> u64 {
        let total = |histograms: &Self| -> u64 {
            let of = histograms.0.get(&Ok(Some(disk)));
            of.into_iter().flat_map(BTreeMap::values).sum()
        };
        total(self) - total(before)
    }

    /// The least time that the requests to `disk` since `before` have taken, one after the other,
    /// in microseconds.
    pub(crate) fn least(&self, disk: Disk, before: &Self) -> u64 {
        let least = |histograms: &Self| -> u64 {
            let of = histograms.0.get(&Ok(Some(disk))).into_iter().flatten();
            of.map(|(&bits, count)| from(bits) * count).sum()
        };
        least(self) - least(before)
    }
}

/// The least number of so many bits.
fn from(bits: u32) -> u64 {
    bits.checked_sub(1).map_or(0, |bits| 1 << bits)
}

impl fmt::Display for Histograms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: u64 = 40;
        for (of, buckets) in &self.0 {
            match of {
                Ok(Some(disk)) => writeln!(f, "{}", name(*disk))?,
                Ok(None) => writeln!(f, "no disk")?,
                Err(errno) => writeln!(f, "a disk that could not be read (errno {errno})")?,
            }
            writeln!(f, "{:>12} {:>10}", "us", "requests")?;
            let highest = buckets.values().copied().max().unwrap_or(1).max(1);
            for (&bits, &count) in buckets {
                let bar = "*".repeat((count * WIDTH / highest) as usize);
                writeln!(f, "{:>12} {count:>10} {bar}", from(bits))?;
            }
        }
        Ok(())
    }
}

/// `vda (254:0)`, as far as the kernel says so.
fn name(disk: Disk) -> String {
    let numbers = format!("{}:{}", disk.major, disk.minor);
    let link = fs::read_link(Path::new("/sys/dev/block").join(&numbers)).ok();
    let name = link.as_deref().and_then(Path::file_name);
    match name {
        Some(name) => format!("{} ({numbers})", name.to_string_lossy()),
        None => numbers,
    }
}
