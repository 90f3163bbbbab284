//! RPM packages: two headers, then a compressed `cpio` archive.
//!
//! Source: `docs/manual/format_v4.md` of RPM.

use bpf_core_catalogue::debian_architecture;

use crate::compression::Compression;
use crate::error::Fault;
use crate::package::{Contents, Origin};

pub(crate) const MAGIC: &[u8] = b"\xed\xab\xee\xdb";

/// What a header begins with, and its version.
const HEADER: &[u8] = b"\x8e\xad\xe8\x01";

/// Size of the lead, the oldest part of the format.
const LEAD: usize = 96;

mod tag {
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const VENDOR: u32 = 1011;
    pub(super) const ARCH: u32 = 1022;
}

/// Adds a package's kernel image, modules and configuration to what others have.
pub(crate) fn read(bytes: &[u8], contents: &mut Contents) -> Result<(), Fault> {
    let (_, signature_end) = header(bytes, LEAD)?;
    // The signature is padded to 8 bytes.
    let (fields, end) = header(bytes, signature_end.next_multiple_of(8))?;
    let field = |tag| fields.text(tag).unwrap_or_default().to_owned();
    let version = [field(tag::VERSION), field(tag::RELEASE)].join("-");
    contents.origin = Origin {
        version,
        architecture: debian_architecture(&field(tag::ARCH)).to_owned(),
        distribution: distribution(&field(tag::VENDOR)).to_owned(),
    };
    let payload = bytes.get(end..).unwrap_or_default();
    let damaged =
        |error: std::io::Error| Fault::damaged("package", format!("its payload: {error}"));
    let compression = Compression::of(payload)
        .ok_or_else(|| Fault::damaged("package", "its payload is of an unknown compression"))?;
    let mut reader = compression.reader(payload).map_err(damaged)?;
    loop {
        let mut entry = cpio::NewcReader::new(reader).map_err(damaged)?;
        if entry.entry().is_trailer() {
            break;
        }
        let path = entry.entry().name().to_owned();
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let is_file = entry.entry().mode() & 0o170_000 == 0o100_000;
        if is_file && contents.take(path, &mut entry).map_err(damaged)?.is_break() {
            break;
        }
        reader = entry.finish().map_err(damaged)?;
    }
    Ok(())
}

/// The index and the data of a header.
struct Fields<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Fields<'a> {
    /// A field that is text: types 6 and 9 are strings that end in NUL.
    fn text(&self, wanted: u32) -> Option<&'a str> {
        let entry = self
            .index
            .chunks_exact(16)
            .find(|entry| be32(entry, 0) == Some(wanted))?;
        let is_text = matches!(be32(entry, 4)?, 6 | 9);
        let start = usize::try_from(be32(entry, 8)?).ok()?;
        let text = self.data.get(start..).filter(|_| is_text)?;
        let end = text.iter().position(|byte| *byte == 0)?;
        str::from_utf8(&text[..end]).ok()
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The header that begins here, and its end.
fn header(bytes: &[u8], at: usize) -> Result<(Fields<'_>, usize), Fault> {
    let read = || {
        let rest = bytes.get(at..)?;
        rest.starts_with(HEADER).then_some(())?;
        let entries = usize::try_from(be32(rest, 8)?).ok()?;
        let size = usize::try_from(be32(rest, 12)?).ok()?;
        let index_end = entries.checked_mul(16)?.checked_add(16)?;
        let end = index_end.checked_add(size)?;
        let index = rest.get(16..index_end)?;
        let data = rest.get(index_end..end)?;
        Some((Fields { index, data }, at + end))
    };
    read().ok_or_else(|| Fault::damaged("package", format!("it has no header at offset {at}")))
}

fn distribution(vendor: &str) -> &'static str {
    let known = [
        ("fedora", "fedora"),
        ("red hat", "rhel"),
        ("centos", "centos"),
        ("almalinux", "almalinux"),
        ("rocky", "rocky"),
        ("oracle", "oracle"),
        ("suse", "suse"),
        ("amazon", "amazon"),
    ];
    let vendor = vendor.to_lowercase();
    known
        .iter()
        .find(|(part, _)| vendor.contains(part))
        .map_or("", |(_, name)| name)
}
