//! The BTF of many kernels in one file, for programs that run on kernels without their own.
//!
//! `cargo corelint min-btf` writes such a file. A loader ships it, picks the BTF of the running kernel, and
//! gives that to aya or libbpf:
//!
//! ```
//! use bpf_core_btf::archive::{Archive, Uname};
//! # use bpf_core_btf::{BtfBuilder, Endian, archive::{KernelId, Writer}};
//! # let mut writer = Writer::new();
//! # let id = KernelId::new("5.10.0-46-amd64", "5.10.262-1", "x86_64");
//! # writer.add(id, &BtfBuilder::new(Endian::Little).finish());
//! # let bytes = writer.finish();
//!
//! // let bytes = include_bytes!("kernels.btfs");
//! let archive = Archive::open(&bytes)?;
//! // The three texts are those of `uname -r`, `uname -v` and `uname -m`: `rustix::system::uname()`.
//! let running = Uname {
//!     release: "5.10.0-46-amd64",
//!     version: "#1 SMP Debian 5.10.262-1 (2026-07-01)",
//!     machine: "x86_64",
//! };
//! let btf: &[u8] = archive.pick(&running)?;
//!
//! // aya:        let btf = aya::Btf::parse(btf, aya::Endianness::default())?;
//! //             EbpfLoader::new().btf(Some(&btf)).load(&object)?
//! // libbpf-rs:  std::fs::write(&file, btf)?;
//! //             ObjectBuilder::default().btf_custom_path(&file)?.open_file(object)?.load()?
//! assert!(bpf_core_btf::Btf::parse(btf).is_ok());
//!
//! let other = Uname { release: "5.4.0-42-generic", ..running };
//! let error = archive.pick(&other).unwrap_err().to_string();
//! assert!(error.starts_with("no BTF for Linux `5.4.0-42-generic` on `x86_64`"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Format
//!
//! Numbers are little-endian, a text is its length (`u32`) and UTF-8.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `BPFBTFS` and a NUL |
//! | `u32` | version of the format: 1 |
//! | `u32` | size of the rest, unpacked |
//! | | the rest, packed: a zlib stream, whose checksum is that of the file |
//!
//! And the rest:
//!
//! | bytes | |
//! |---|---|
//! | `u32` | number of kernels |
//! | `u32` | number of BTFs |
//! | each kernel | `u32` number of its BTF; release, version and machine as texts |
//! | each BTF | `u32` length |
//! | | the BTFs, one behind the other |
//!
//! Kernels with equal BTF share one. Those of different kernels have most of their names in common, so that
//! 75 kernels take a few kilobytes.

mod error;
mod pick;
mod read;
mod write;

use std::ops::Range;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use read::Reader;

pub use error::{ArchiveError, PickError};
pub use pick::Uname;
pub use write::Writer;

const MAGIC: &[u8; 8] = b"BPFBTFS\0";
const FORMAT: u32 = 1;

/// No archive is larger, unpacked: a damaged file must not take all memory.
const LARGEST: usize = 64 << 20;

/// Which kernel a BTF is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct KernelId<'a> {
    /// What `uname -r` prints there.
    pub release: &'a str,
    /// The version of its package, as Debian's kernels tell it in `uname -v`; empty if unknown.
    pub version: &'a str,
    /// What `uname -m` prints there.
    pub machine: &'a str,
}

impl<'a> KernelId<'a> {
    /// A kernel by these texts.
    pub fn new(release: &'a str, version: &'a str, machine: &'a str) -> Self {
        Self {
            release,
            version,
            machine,
        }
    }
}

/// Many kernels' BTF.
#[derive(Debug, Clone)]
pub struct Archive {
    unpacked: Vec<u8>,
    kernels: Vec<Kernel>,
}

#[derive(Debug, Clone)]
struct Kernel {
    /// Release, version and machine.
    texts: [String; 3],
    /// Where its BTF is in what was unpacked.
    btf: Range<usize>,
}

impl Archive {
    /// Unpacks a file and checks it.
    ///
    /// # Errors
    /// The bytes are no such file, of another version, or damaged.
    pub fn open(file: &[u8]) -> Result<Self, ArchiveError> {
        if !file.starts_with(MAGIC) {
            return Err(ArchiveError::NotAnArchive);
        }
        let mut head = Reader::new(&file[MAGIC.len()..]);
        let found = head.u32().ok_or(ArchiveError::Damaged)?;
        if found != FORMAT {
            let known = FORMAT;
            return Err(ArchiveError::Version { found, known });
        }
        let unpacked = unpack(head).ok_or(ArchiveError::Damaged)?;
        let kernels = index(&unpacked).ok_or(ArchiveError::Damaged)?;
        Ok(Self { unpacked, kernels })
    }

    /// All kernels, each with its BTF.
    pub fn kernels(&self) -> impl ExactSizeIterator<Item = (KernelId<'_>, &[u8])> {
        self.kernels.iter().map(|Kernel { texts, btf }| {
            let [release, version, machine] = texts;
            (
                KernelId::new(release, version, machine),
                &self.unpacked[btf.clone()],
            )
        })
    }
}

fn unpack(mut head: Reader<'_>) -> Option<Vec<u8>> {
    let size = head.u32()? as usize;
    if size > LARGEST {
        return None;
    }
    let unpacked = decompress_to_vec_zlib_with_limit(head.rest(), size).ok()?;
    (unpacked.len() == size).then_some(unpacked)
}

fn index(unpacked: &[u8]) -> Option<Vec<Kernel>> {
    let mut reader = Reader::new(unpacked);
    let (kernels, btfs) = (reader.u32()?, reader.u32()?);
    let mut ids = Vec::new();
    for _ in 0..kernels {
        let number = reader.u32()? as usize;
        let mut text = || String::from_utf8(reader.text()?.to_vec()).ok();
        ids.push(([text()?, text()?, text()?], number));
    }
    let mut lengths = Vec::new();
    for _ in 0..btfs {
        lengths.push(reader.u32()? as usize);
    }
    let mut places = Vec::new();
    for len in lengths {
        let start = unpacked.len() - reader.rest().len();
        reader.take(len)?;
        places.push(start..start + len);
    }
    let kernels = ids.into_iter().map(|(texts, number)| {
        let btf = places.get(number)?.clone();
        Some(Kernel { texts, btf })
    });
    let kernels = kernels.collect::<Option<_>>()?;
    reader.rest().is_empty().then_some(kernels)
}
