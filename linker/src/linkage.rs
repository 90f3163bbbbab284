//! Makes BTF say `static` of functions that are not exported. LLVM takes the linkage from the debug
//! info of a function, which nobody changed when the function was hidden; and the kernel verifies
//! a function that is `global` on its own, without what its callers know.

use bpf_core_btf::{Btf, BtfExt, Endian};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

/// Where the word with kind and linkage is in a type's record (`struct btf_type`).
const INFO: usize = 4;

/// Changes the BTF of an object, where it has some.
///
/// # Errors
/// When the object is none that LLVM makes.
pub(crate) fn hide_functions(object: &mut [u8]) -> Result<(), String> {
    for (at, endian) in words(object)? {
        let word = object
            .get_mut(at..)
            .and_then(<[u8]>::first_chunk_mut::<4>)
            .ok_or("a type is outside of the file")?;
        // `BTF_FUNC_STATIC` is 0, in the lower half.
        *word = match endian {
            Endian::Little => (u32::from_le_bytes(*word) & !0xffff).to_le_bytes(),
            Endian::Big => (u32::from_be_bytes(*word) & !0xffff).to_be_bytes(),
        };
    }
    Ok(())
}

/// Where the words to change are in the file.
fn words(object: &[u8]) -> Result<Vec<(usize, Endian)>, String> {
    let file = object::File::parse(object).map_err(|error| error.to_string())?;
    let data = |name| {
        let section = file.section_by_name(name);
        section
            .map(|section| section.data())
            .transpose()
            .map_err(|error| error.to_string())
    };
    let (Some(bytes), Some(ext)) = (data(".BTF")?, data(".BTF.ext")?) else {
        return Ok(Vec::new());
    };
    let btf = Btf::parse(bytes).map_err(|error| format!(".BTF: {error}"))?;
    let ext = BtfExt::parse(ext, &btf).map_err(|error| format!(".BTF.ext: {error}"))?;
    let start = file
        .section_by_name(".BTF")
        .and_then(|section| section.file_range())
        .map_or(0, |(start, _)| start as usize);
    let mut words = Vec::new();
    for symbol in file.symbols() {
        let code = symbol
            .section_index()
            .and_then(|at| file.section_by_index(at).ok());
        let Some(code) = code.filter(|_| symbol.is_local() && symbol.kind() == SymbolKind::Text)
        else {
            continue;
        };
        let name = code.name().map_err(|error| error.to_string())?;
        let functions = ext
            .func_info()
            .iter()
            .filter(|functions| functions.name == name);
        let function = functions
            .flat_map(|functions| &functions.records)
            .find(|function| u64::from(function.insn_off) == symbol.address());
        if let Some(at) = function.and_then(|of| btf.offset_of(of.type_id)) {
            words.push((start + at + INFO, btf.endian()));
        }
    }
    Ok(words)
}
