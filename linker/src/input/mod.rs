//! Reads the input files, and takes them apart into pieces of LLVM IR.

pub(crate) mod join;
mod producer;
pub(crate) mod session;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use object::read::archive::{ArchiveFile, ArchiveMember};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind};
use tracing::{debug, info};

use crate::error::{Error, Result};

/// Functions that code generation makes calls of, long after unused ones are gone.
pub(crate) const BUILTINS: [&str; 5] = ["memcpy", "memmove", "memset", "memcmp", "bcmp"];

/// One file.
pub(crate) struct Input {
    /// Its path.
    pub(crate) name: String,
    /// All that is in it.
    pub(crate) bytes: Vec<u8>,
}

/// LLVM IR in an input: a file, or a member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'i> {
    /// The path, with the member's name behind it in parentheses.
    pub(crate) name: String,
    /// The bytes of the IR.
    pub(crate) ir: Ir<'i>,
    /// The symbols for which it is taken out of the library of a Rust crate. All other pieces are
    /// taken in any case.
    pub(crate) defines: Option<Vec<&'i [u8]>>,
}

/// The two forms of LLVM IR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ir<'i> {
    /// Bitcode.
    Bitcode(&'i [u8]),
    /// Text.
    Text(&'i [u8]),
}

impl<'i> Ir<'i> {
    pub(crate) fn bytes(self) -> &'i [u8] {
        let (Self::Bitcode(bytes) | Self::Text(bytes)) = self;
        bytes
    }

    /// Whether bpf-linker takes it for IR as well: of text it knows fewer beginnings.
    pub(crate) fn is_known_to_bpf_linker(self) -> bool {
        const BEGINNINGS: [&str; 7] = [
            "; ModuleID",
            "source_filename",
            "target datalayout",
            "target triple",
            "define ",
            "declare ",
            "!llvm",
        ];
        match self {
            Self::Bitcode(_) => true,
            Self::Text(text) => {
                let text = text.trim_ascii_start();
                BEGINNINGS
                    .iter()
                    .any(|begin| text.starts_with(begin.as_bytes()))
            }
        }
    }
}

/// Reads all inputs, in order.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<Input>> {
    let read = |path: &PathBuf| {
        Ok(Input {
            name: path.display().to_string(),
            bytes: fs::read(path).map_err(|error| Error::file("read", path, &error))?,
        })
    };
    paths.iter().map(read).collect()
}

/// What the inputs hold.
#[derive(Default)]
pub(crate) struct Pieces<'i> {
    /// All LLVM IR, in order.
    pub(crate) all: Vec<Piece<'i>>,
    /// Symbols that rustc wants to be there: it passes an object that has nothing else.
    pub(crate) wanted: Vec<&'i [u8]>,
}

/// Takes the inputs apart.
///
/// # Errors
/// When an archive is damaged, and when a file or a member holds code for a machine but no IR.
pub(crate) fn pieces(inputs: &[Input]) -> Result<Pieces<'_>> {
    let mut pieces = Pieces::default();
    for input in inputs {
        if input.bytes.starts_with(b"!<arch>\n") {
            members(input, &mut pieces.all)?;
        } else {
            match content(&input.name, &input.bytes)? {
                Content::Ir(ir) => pieces.all.push(Piece {
                    name: input.name.clone(),
                    ir,
                    defines: None,
                }),
                Content::Symbols => {
                    debug!("{} holds no LLVM IR", input.name);
                    pieces.wanted.extend(undefined(&input.bytes));
                }
                Content::Unknown => {
                    return Err(Error::new(format!("invalid input file `{}`", input.name))
                        .note("it is no bitcode, no LLVM IR, no object and no archive"));
                }
            }
        }
    }
    Ok(pieces)
}

fn members<'i>(archive: &'i Input, pieces: &mut Vec<Piece<'i>>) -> Result<()> {
    let (path, bytes) = (Path::new(&archive.name), &archive.bytes[..]);
    let corrupt =
        |error: object::Error| Error::new(format!("corrupt archive `{}`: {error}", path.display()));
    info!("taking archive {} apart", path.display());
    let archive = ArchiveFile::parse(bytes).map_err(corrupt)?;
    let mut defined = defined(&archive).map_err(corrupt)?;
    for member in archive.members() {
        let member = member.map_err(corrupt)?;
        let defines = defined
            .as_mut()
            .map(|of| of.remove(&member.file_range().0).unwrap_or_default());
        let data = member.data(bytes).map_err(corrupt)?;
        let name = format!(
            "{}({})",
            path.display(),
            String::from_utf8_lossy(member.name())
        );
        match content(&name, data)? {
            Content::Ir(ir) => pieces.push(Piece { name, ir, defines }),
            // An rlib has rustc's metadata beside the code.
            Content::Symbols | Content::Unknown => debug!("{name} holds no LLVM IR"),
        }
    }
    Ok(())
}

/// The symbols that the members of a library define, by where the data of each begins.
type Defined<'i> = HashMap<u64, Vec<&'i [u8]>>;

/// The symbols that each member of a Rust crate's library defines. Of any other archive, and of one
/// without an index, nobody says what is wanted without a call.
fn defined<'i>(archive: &ArchiveFile<'i>) -> object::Result<Option<Defined<'i>>> {
    let is_metadata = |member: object::Result<ArchiveMember<'i>>| {
        member.is_ok_and(|member| member.name() == b"lib.rmeta")
    };
    let (true, Some(symbols)) = (archive.members().any(is_metadata), archive.symbols()?) else {
        return Ok(None);
    };
    let mut defined = Defined::new();
    for symbol in symbols {
        let symbol = symbol?;
        let (begin, _) = archive.member(symbol.offset())?.file_range();
        defined.entry(begin).or_default().push(symbol.name());
    }
    Ok(Some(defined))
}

/// The symbols that an object names and lacks.
fn undefined(object: &[u8]) -> Vec<&[u8]> {
    let Ok(file) = object::File::parse(object) else {
        return Vec::new();
    };
    let undefined = file.symbols().filter(|symbol| symbol.is_undefined());
    undefined
        .filter_map(|symbol| symbol.name_bytes().ok())
        .collect()
}

enum Content<'i> {
    Ir(Ir<'i>),
    /// An object without code.
    Symbols,
    Unknown,
}

fn content<'i>(name: &str, bytes: &'i [u8]) -> Result<Content<'i>> {
    if bytes.starts_with(b"BC\xc0\xde") || bytes.starts_with(b"\xde\xc0\x17\x0b") {
        return Ok(Content::Ir(Ir::Bitcode(bytes)));
    }
    if bytes.starts_with(b"\x7fELF") {
        return object(name, bytes);
    }
    if bytes.starts_with(b"\xcf\xfa\xed\xfe") {
        // Mach-O: rustc's metadata, on macOS.
        return Ok(Content::Symbols);
    }
    Ok(if is_text(bytes) {
        Content::Ir(Ir::Text(bytes))
    } else {
        Content::Unknown
    })
}

/// An ELF object: rustc and clang put bitcode into a section of it (`-fembed-bitcode`).
fn object<'i>(name: &str, bytes: &'i [u8]) -> Result<Content<'i>> {
    let corrupt = |why: String| Error::new(format!("corrupt object file `{name}`")).note(why);
    let file = object::File::parse(bytes).map_err(|error| corrupt(error.to_string()))?;
    if let Some(section) = file.section_by_name_bytes(b".llvmbc") {
        let bitcode = section
            .data()
            .map_err(|_| corrupt("its `.llvmbc` section ends behind the file".to_owned()))?;
        return Ok(Content::Ir(Ir::Bitcode(bitcode)));
    }
    if file
        .sections()
        .any(|section| section.kind() == SectionKind::Text && section.size() != 0)
    {
        return Err(Error::new(format!(
            "`{name}` holds machine code and no LLVM bitcode, so it cannot be linked with Rust"
        ))
        .help(
            "compile C with `clang -target bpf -O2 -g -emit-llvm -c`; GCC makes no bitcode, its \
             objects are joined with others by `bpftool gen object`",
        ));
    }
    Ok(Content::Symbols)
}

/// Whether the first word that is no comment begins something in LLVM IR (`LLParser.cpp`,
/// `parseTopLevelEntities`).
fn is_text(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"source_filename",
        b"target",
        b"define",
        b"declare",
        b"module",
        b"attributes",
        b"uselistorder",
        b"uselistorder_bb",
    ];
    // What has a name or a number: globals, types, comdats, metadata, attributes, summaries.
    const SIGILS: &[u8] = b"@%$!^";
    let mut text = bytes.trim_ascii_start();
    let comment = text.starts_with(b";");
    while text.starts_with(b";") {
        let end = text.iter().position(|byte| *byte == b'\n');
        text = end.map_or(&[][..], |end| &text[end..]).trim_ascii_start();
    }
    let word = text
        .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .next()
        .unwrap_or_default();
    let named = text.len() > 1 && SIGILS.contains(&text[0]);
    // An empty module, as `llvm-dis` writes it, is a comment.
    WORDS.contains(&word) || named || (comment && text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_text() {
        for text in [
            "\n\n; ModuleID = 'x'",
            "; by hand\n; of two lines\n\ndefine void @f() {\n",
            "@x = global i32 0",
            "%s = type { i32 }",
            "$c = comdat any",
            "!llvm.dbg.cu = !{}",
            "attributes #0 = { nounwind }",
            "module asm \"\"",
            "target triple = \"bpf\"",
        ] {
            assert!(is_text(text.as_bytes()), "{text}");
        }
        for other in ["", "no bitcode", "#include <x.h>", "defined", "!", "rust"] {
            assert!(!is_text(other.as_bytes()), "{other}");
        }
    }
}
