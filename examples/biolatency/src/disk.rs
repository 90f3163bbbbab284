//! A disk to read from, and what the kernel counts of it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use example_events::Disk;

const BLOCK: usize = 4096;

/// As large as a block, and where a block may be.
#[repr(align(4096))]
struct Buffer([u8; BLOCK]);

/// A disk, and something on it.
pub(crate) struct Readable {
    pub(crate) name: String,
    pub(crate) disk: Disk,
    sys: PathBuf,
    file: File,
}

impl Readable {
    /// One that has requests, or why there is none.
    pub(crate) fn find() -> Result<Result<Self, String>> {
        let disks = fs::read_dir("/sys/block").context("/sys/block")?;
        let disks = disks.map(|disk| Ok(disk?.path()));
        let mut disks: Vec<PathBuf> = disks.collect::<io::Result<_>>()?;
        disks.sort();
        let nodes = disks.into_iter().map(|sys| {
            let node = Path::new("/dev").join(sys.file_name().unwrap_or_default());
            (sys, node)
        });
        let mut why = vec!["no disk to read from".to_owned()];
        for (sys, path) in own_disk()?.into_iter().chain(nodes) {
            let blocks: u64 = read(&sys, "size")?.parse()?;
            // Others pass on what they are asked, as `zram`.
            if !sys.join("mq").exists() || blocks < BLOCK as u64 / 512 {
                continue;
            }
            let mut direct = OpenOptions::new();
            match direct.read(true).custom_flags(libc::O_DIRECT).open(&path) {
                Ok(file) => {
                    let name = sys.file_name().unwrap_or_default();
                    return Ok(Ok(Self {
                        name: name.to_string_lossy().into_owned(),
                        disk: numbers(&read(&sys, "dev")?)?,
                        sys,
                        file,
                    }));
                }
                Err(error) => why.push(format!("{}: {error}", path.display())),
            }
        }
        Ok(Err(why.join("; ")))
    }

    /// Reads a block, past the page cache: one request.
    pub(crate) fn read(&self) -> io::Result<()> {
        let mut buffer = Buffer([0; BLOCK]);
        self.file.read_exact_at(&mut buffer.0, 0)
    }

    /// How many requests it has completed.
    pub(crate) fn requests(&self) -> Result<u64> {
        // `Documentation/block/stat.rst`: reads, writes, discards and flushes.
        const COMPLETED: [usize; 4] = [0, 4, 11, 15];
        let stat = read(&self.sys, "stat")?;
        let numbers: Vec<&str> = stat.split_whitespace().collect();
        let completed = COMPLETED.iter().filter_map(|at| numbers.get(*at));
        let mut requests = 0;
        for number in completed {
            requests += number.parse::<u64>()?;
        }
        Ok(requests)
    }
}

/// The disk that this program is on, if it is on one, and the program.
fn own_disk() -> Result<Option<(PathBuf, PathBuf)>> {
    let program = std::env::current_exe()?;
    let device = fs::metadata(&program)?.dev();
    let numbers = format!("{}:{}", libc::major(device), libc::minor(device));
    let Ok(sys) = fs::canonicalize(Path::new("/sys/dev/block").join(numbers)) else {
        return Ok(None);
    };
    // A part is in the folder of the whole.
    let whole = sys
        .join("partition")
        .exists()
        .then(|| sys.parent())
        .flatten();
    Ok(Some((whole.unwrap_or(&sys).to_owned(), program)))
}

fn read(sys: &Path, attribute: &str) -> Result<String> {
    let path = sys.join(attribute);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(text.trim().to_owned())
}

/// From `254:0`
fn numbers(dev: &str) -> Result<Disk> {
    let (major, minor) = dev.split_once(':').context("a disk without numbers")?;
    Ok(Disk {
        major: major.parse()?,
        minor: minor.parse()?,
    })
}
