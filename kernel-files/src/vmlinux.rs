//! What is in an unpacked kernel: its BTF, its release, its configuration.

use std::io::Read as _;

use memchr::memmem;
use object::{Object as _, ObjectSection as _};

use crate::error::Fault;

/// The BTF of an unpacked kernel: its section, or, where the image has no sections, what looks like
/// the largest BTF in it.
pub(crate) fn btf(image: &[u8]) -> Result<Vec<u8>, Fault> {
    section(image, ".BTF")
        .filter(|bytes| bytes.len() > 24)
        .or_else(|| scan(image).map(<[u8]>::to_vec))
        .ok_or(Fault::NoBtf)
}

/// A section of an ELF file.
pub(crate) fn section(image: &[u8], name: &str) -> Option<Vec<u8>> {
    let file = object::File::parse(image).ok()?;
    let section = file.section_by_name(name)?;
    Some(section.data().ok()?.to_vec())
}

/// Whether bytes begin with `struct btf_header`, of either byte order.
pub(crate) fn is_btf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x9f\xeb\x01") || bytes.starts_with(b"\xeb\x9f\x01")
}

fn scan(image: &[u8]) -> Option<&[u8]> {
    let little = memmem::find_iter(image, b"\x9f\xeb\x01").map(|at| (at, true));
    let big = memmem::find_iter(image, b"\xeb\x9f\x01").map(|at| (at, false));
    little
        .chain(big)
        .filter_map(|(at, is_little)| blob_at(&image[at..], is_little))
        .max_by_key(|blob| blob.len())
}

/// The BTF that begins here, if its header tells of sections that a kernel could have.
fn blob_at(bytes: &[u8], is_little: bool) -> Option<&[u8]> {
    /// No kernel has less.
    const SMALLEST: usize = 1000;
    let word = |at: usize| {
        let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        let word = if is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(word).ok()
    };
    let header = word(4).filter(|len| (24..=256).contains(len))?;
    let (type_off, type_len, str_off, str_len) = (word(8)?, word(12)?, word(16)?, word(20)?);
    let types_end = type_off.checked_add(type_len)?;
    let strings_end = str_off.checked_add(str_len)?;
    if type_len < SMALLEST || str_len < SMALLEST || str_off < types_end {
        return None;
    }
    let blob = bytes.get(..header.checked_add(strings_end)?)?;
    let strings = &blob[header + str_off..];
    (strings.first() == Some(&0) && strings.last() == Some(&0)).then_some(blob)
}

/// What `uname -r` prints on it, from `linux_banner`.
pub(crate) fn release(image: &[u8]) -> Option<String> {
    memmem::find_iter(image, b"Linux version ").find_map(|at| {
        let text = &image[at + b"Linux version ".len()..];
        let end = text.iter().take(100).position(|byte| *byte == b' ')?;
        let release = str::from_utf8(&text[..end]).ok()?;
        release
            .starts_with(|c: char| c.is_ascii_digit())
            .then(|| release.to_owned())
    })
}

/// The kernel's configuration, where it was built with `CONFIG_IKCONFIG`.
pub(crate) fn config(image: &[u8]) -> Option<String> {
    let at = memmem::find(image, b"IKCFG_ST")?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&image[at + b"IKCFG_ST".len()..])
        .take(16 << 20)
        .read_to_string(&mut text)
        .ok()?;
    text.contains("CONFIG_").then_some(text)
}

/// The architecture of an ELF file, by its Debian name.
pub(crate) fn architecture(image: &[u8]) -> Option<&'static str> {
    let file = object::File::parse(image).ok()?;
    let little = file.is_little_endian();
    Some(match file.architecture() {
        object::Architecture::X86_64 => "amd64",
        object::Architecture::I386 => "i386",
        object::Architecture::Aarch64 => "arm64",
        object::Architecture::Arm => "armhf",
        object::Architecture::Riscv64 => "riscv64",
        object::Architecture::S390x => "s390x",
        object::Architecture::PowerPc64 if little => "ppc64el",
        object::Architecture::PowerPc64 => "ppc64",
        object::Architecture::LoongArch64 => "loong64",
        _ => return None,
    })
}
