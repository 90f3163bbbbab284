//! Writes `static` into BTF for functions that are not exported.
//!
//! LLVM takes the linkage from a function's debug info, which still says `global` after the function was
//! hidden. The kernel verifies a `global` function on its own, without what its callers know.

use bpf_core_btf::{
    Endian,
    object::{Object, ObjectError, btf_bytes},
};

/// Where the word with kind and linkage is in a type's record (`struct btf_type`).
const INFO: usize = 4;

/// Changes the BTF of an object, where it has some.
///
/// # Errors
/// When the object is not one of LLVM.
pub(crate) fn hide_functions(object: &mut [u8]) -> Result<(), ObjectError> {
    for (at, endian) in words(object)? {
        let Some(word) = object.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) else {
            continue;
        };
        // `BTF_FUNC_STATIC` is 0, in the lower half.
        *word = match endian {
            Endian::Little => (u32::from_le_bytes(*word) & !0xffff).to_le_bytes(),
            Endian::Big => (u32::from_be_bytes(*word) & !0xffff).to_be_bytes(),
        };
    }
    Ok(())
}

/// Where the words to change are in the file.
fn words(bytes: &[u8]) -> Result<Vec<(usize, Endian)>, ObjectError> {
    let object = Object::parse(bytes)?;
    let (Some(btf), Some(ext)) = (object.btf(), object.btf_ext()?) else {
        return Ok(Vec::new());
    };
    let start = btf_bytes(bytes)?.as_ptr().addr() - bytes.as_ptr().addr();
    let hidden = object
        .functions()
        .iter()
        .filter(|function| !function.is_global);
    let types = hidden.filter_map(|function| {
        let section = object.sections()[function.section].name;
        let info = ext.func_at(section, function.start)?;
        (info.insn_off == function.start).then_some(info.type_id)
    });
    let words = types.filter_map(|id| Some((start + btf.offset_of(id)? + INFO, btf.endian())));
    Ok(words.collect())
}
