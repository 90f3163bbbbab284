//! Reads the input files, and tells those that may hold relocations from those that
//! bpf-linker gets as they are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bpf_core::descriptor::MARKER_PREFIX;
use memchr::memmem;
use object::{Object as _, ObjectSection as _, read::archive::ArchiveFile};
use tracing::{debug, info};

use crate::error::{Error, Result};

/// One file, or one member of an archive.
pub(crate) struct Input {
    /// The path, with the member's name behind it in parentheses.
    pub(crate) name: String,
    /// The bytes of the whole file or member.
    pub(crate) bytes: Vec<u8>,
    /// Where in `bytes` LLVM IR is that may hold relocations.
    pub(crate) suspect: Option<Ir>,
}

impl Input {
    /// Its LLVM IR, if it is no archive.
    pub(crate) fn ir(&self) -> Option<Ir> {
        ir(&self.bytes)
    }
}

/// LLVM IR in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ir {
    /// Bitcode, from one offset to another.
    Bitcode(usize, usize),
    /// Text; all of it.
    Text,
}

/// Reads all inputs, in order. An archive of which no member mentions a relocation
/// stays whole; another one is taken apart.
///
/// # Errors
/// When a file cannot be read, or an archive cannot be taken apart.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for path in paths {
        let bytes = fs::read(path).map_err(|error| Error::file("read", path, &error))?;
        let name = path.display().to_string();
        if !mentions_marker(&bytes) {
            inputs.push(Input {
                name,
                bytes,
                suspect: None,
            });
        } else if bytes.starts_with(b"!<arch>\n") {
            members(path, &bytes, &mut inputs)?;
        } else {
            let suspect = ir(&bytes);
            inputs.push(Input {
                name,
                bytes,
                suspect,
            });
        }
    }
    Ok(inputs)
}

/// Whether the bytes hold the name of a marker. LLVM keeps the names of symbols in
/// a blob of whole bytes, so this finds them in bitcode as well as in text.
fn mentions_marker(bytes: &[u8]) -> bool {
    memmem::find(bytes, MARKER_PREFIX.as_bytes()).is_some()
}

/// Calls `visit` with each piece of LLVM IR in an input: its name, the bytes around
/// it, and where it is in them.
///
/// # Errors
/// Those of `visit`; and when an archive is damaged.
pub(crate) fn each_ir(
    input: &Input,
    mut visit: impl FnMut(&str, &[u8], Ir) -> Result<()>,
) -> Result<()> {
    if !input.bytes.starts_with(b"!<arch>\n") {
        return input
            .ir()
            .map_or(Ok(()), |ir| visit(&input.name, &input.bytes, ir));
    }
    let mut parts = Vec::new();
    members(Path::new(&input.name), &input.bytes, &mut parts)?;
    parts.iter().try_for_each(|part| {
        ir(&part.bytes).map_or(Ok(()), |ir| visit(&part.name, &part.bytes, ir))
    })
}

fn members(path: &Path, bytes: &[u8], inputs: &mut Vec<Input>) -> Result<()> {
    let corrupt =
        |error: object::Error| Error::new(format!("corrupt archive `{}`: {error}", path.display()));
    let archive = ArchiveFile::parse(bytes).map_err(corrupt)?;
    info!("taking archive {} apart", path.display());
    for member in archive.members() {
        let member = member.map_err(corrupt)?;
        let data = member.data(bytes).map_err(corrupt)?;
        let name = format!(
            "{}({})",
            path.display(),
            String::from_utf8_lossy(member.name())
        );
        // bpf-linker skips these inside an archive and refuses them outside.
        let Some(ir) = ir(data) else {
            debug!("{name} holds no LLVM IR");
            continue;
        };
        let suspect = mentions_marker(data).then_some(ir);
        inputs.push(Input {
            name,
            bytes: data.to_vec(),
            suspect,
        });
    }
    Ok(())
}

/// Finds LLVM IR by the same signs as bpf-linker.
fn ir(bytes: &[u8]) -> Option<Ir> {
    const TEXT: [&[u8]; 7] = [
        b"; ModuleID",
        b"source_filename",
        b"target datalayout",
        b"target triple",
        b"define ",
        b"declare ",
        b"!llvm",
    ];
    if bytes.starts_with(b"BC\xc0\xde") || bytes.starts_with(b"\xde\xc0\x17\x0b") {
        return Some(Ir::Bitcode(0, bytes.len()));
    }
    if bytes.starts_with(b"\x7fELF") {
        let file = object::File::parse(bytes).ok()?;
        let section = file.section_by_name_bytes(b".llvmbc")?;
        let (start, size) = section.file_range()?;
        let (start, size) = (usize::try_from(start).ok()?, usize::try_from(size).ok()?);
        return Some(Ir::Bitcode(start, start.checked_add(size)?));
    }
    let text = bytes.trim_ascii_start();
    TEXT.iter()
        .any(|sign| text.starts_with(sign))
        .then_some(Ir::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_ir() {
        assert_eq!(ir(b"BC\xc0\xde1234"), Some(Ir::Bitcode(0, 8)));
        assert_eq!(ir(b"\n\n; ModuleID = 'x'"), Some(Ir::Text));
        assert_eq!(ir(b"\x7fELF but no more"), None);
        assert_eq!(ir(b"rust metadata"), None);
        assert_eq!(ir(b""), None);
    }
}
