//! Unpacks the images that boot loaders load.
//!
//! Sources: `Documentation/arch/x86/boot.rst` (bzImage), `arch/arm64/include/asm/image.h` and
//! `arch/riscv/include/asm/image.h` (raw images), `drivers/firmware/efi/libstub/zboot-header.S` (EFI
//! zboot). Others have compressed data somewhere inside.

use memchr::memmem;

use crate::compression::Compression;
use crate::error::Fault;
use crate::vmlinux;

/// An unpacked kernel, and the architecture if the image tells it.
pub(crate) struct Unpacked {
    pub(crate) bytes: Vec<u8>,
    pub(crate) architecture: Option<&'static str>,
}

/// Whether these are the bytes of a kernel image.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    has(bytes, 0x202, b"HdrS")
        || raw_architecture(bytes).is_some()
        || has(bytes, 4, b"zimg")
        || has(bytes, 0x24, b"\x18\x28\x6f\x01")
        || has(bytes, 0x10008, b"S390EP")
}

fn has(bytes: &[u8], at: usize, text: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(text))
}

/// Images that are not compressed.
fn raw_architecture(bytes: &[u8]) -> Option<&'static str> {
    if has(bytes, 56, b"ARM\x64") {
        Some("arm64")
    } else if has(bytes, 56, b"RSC\x05") {
        Some("riscv64")
    } else {
        None
    }
}

/// Unpacks a kernel image.
pub(crate) fn unpack(image: Vec<u8>) -> Result<Unpacked, Fault> {
    if let Some(architecture) = raw_architecture(&image) {
        return Ok(Unpacked {
            bytes: image,
            architecture: Some(architecture),
        });
    }
    let bytes = match payload(&image) {
        Some((at, len)) => unpack_payload(&image, at, len)?,
        None => search(&image).ok_or(Fault::NoBtf)?,
    };
    let architecture = raw_architecture(&bytes).or_else(|| vmlinux::architecture(&bytes));
    Ok(Unpacked {
        bytes,
        architecture,
    })
}

/// Where the header says that the compressed kernel is.
fn payload(image: &[u8]) -> Option<(usize, usize)> {
    let word = |at: usize| {
        let bytes = image.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    if has(image, 4, b"zimg") {
        return Some((word(8)?, word(12)?));
    }
    if !has(image, 0x202, b"HdrS") {
        return None;
    }
    // Sectors of 512 bytes; 0 stands for 4, and the boot sector is not counted.
    let setup = match *image.get(0x1f1)? {
        0 => 4,
        count => usize::from(count),
    };
    let at = (setup + 1).checked_mul(512)?.checked_add(word(0x248)?)?;
    Some((at, word(0x24c)?))
}

fn unpack_payload(image: &[u8], at: usize, len: usize) -> Result<Vec<u8>, Fault> {
    let end = at.checked_add(len);
    let data = end.and_then(|end| image.get(at..end)).ok_or_else(|| {
        let why =
            format!("its header tells of a kernel at offset {at}, behind the end of the file");
        Fault::damaged("image", why)
    })?;
    match Compression::of(data) {
        Some(of) => of.unpack(data, at),
        None if data.starts_with(b"\x7fELF") => Ok(data.to_vec()),
        None => Err(Fault::damaged(
            "image",
            format!("the kernel at offset {at} is of an unknown compression"),
        )),
    }
}

/// The first data inside of the image that unpacks to a kernel with BTF.
fn search(image: &[u8]) -> Option<Vec<u8>> {
    /// Places that are tried, of each compression.
    const TRIES: usize = 16;
    Compression::ALL
        .into_iter()
        .flat_map(|of| {
            let places = memmem::find_iter(image, of.magic()).take(TRIES);
            places.filter_map(move |at| of.unpack(&image[at..], at).ok())
        })
        .find(|bytes| vmlinux::btf(bytes).is_ok())
}
