//! Finds the relocations of inputs from C, and keeps those of one input apart from those of the next.
//!
//! Optimised bitcode of clang has a global for each relocation: `llvm.TYPE:KIND:VALUE$ACCESS` or
//! `llvm.btf_type_id.NUMBER$KIND`. When LLVM links two inputs, it makes one global of two with the same name,
//! even if their types differ.

use std::sync::atomic::{AtomicU64, Ordering};

use bpf_core_flow::ir::relocation::INTRINSICS;
use inkwell::{llvm_sys::core::LLVMSetValueName2, module::Module};
use memchr::memmem;

use crate::ask::Ask;
use crate::ir::{self, Value, metadata::Metadata};

/// Whether the bytes of a piece of IR may hold relocations. LLVM keeps names as whole bytes in
/// bitcode as in text.
pub(crate) fn may_have(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"llvm.").any(|at| {
        let name = &bytes[at..];
        INTRINSICS
            .iter()
            .any(|intrinsic| name.starts_with(intrinsic.as_bytes()))
            || is_global(&name[b"llvm.".len()..])
    })
}

/// Whether a module has relocations.
pub(crate) fn present(module: &Module<'_>) -> bool {
    ir::globals(module).any(|global| global.relocation().is_some())
        || ir::functions(module).any(Value::is_relocation_intrinsic)
}

/// What a global asks for, if it stands for a relocation.
pub(crate) fn ask(metadata: Metadata<'_>, global: Value<'_>) -> Option<Ask> {
    let relocation = global.relocation()?;
    Ask::of_global(
        metadata.relocated(global)?,
        relocation.kind,
        relocation.access,
    )
}

/// A number that no name of this process has yet.
pub(crate) fn fresh_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Gives the globals of a module names that no other module has: `llvm.NUMBER.TYPE:...`. Code
/// generation reads only what is behind the first colon and the dollar sign
/// (`BTFDebug::generatePatchImmReloc`).
pub(crate) fn isolate(module: &Module<'_>) {
    for global in ir::globals(module).collect::<Vec<_>>() {
        let name = global.name();
        if global.relocation().is_none() {
            continue;
        }
        let own = [
            format!("llvm.{}.", fresh_number()).as_bytes(),
            &name[b"llvm.".len()..],
        ]
        .concat();
        // SAFETY: the value is a global of this module; LLVM copies the name.
        unsafe { LLVMSetValueName2(global.raw(), own.as_ptr().cast(), own.len()) };
    }
}

/// Whether the bytes begin with `TYPE:KIND:VALUE$` or `btf_type_id.NUMBER$`.
fn is_global(bytes: &[u8]) -> bool {
    if let Some(number) = bytes.strip_prefix(b"btf_type_id.") {
        return skip(number, |byte| byte.is_ascii_digit()).starts_with(b"$");
    }
    let name = skip(bytes, |byte| {
        !byte.is_ascii_control() && byte != b':' && byte != b'"'
    });
    let kind = name
        .strip_prefix(b":")
        .map(|rest| skip(rest, |byte| byte.is_ascii_digit()));
    let value = kind.and_then(|rest| rest.strip_prefix(b":"));
    let value = value.map(|rest| skip(rest, |byte| byte.is_ascii_digit() || byte == b'-'));
    value.is_some_and(|rest| rest.starts_with(b"$"))
}

fn skip(bytes: &[u8], is_part: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes
        .iter()
        .position(|byte| !is_part(*byte))
        .unwrap_or(bytes.len());
    &bytes[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_relocations() {
        for some in [
            "..llvm.task_struct:0:4$0:1",
            "declare ptr @llvm.preserve.struct.access.index",
            "declare i64 @llvm.bpf.preserve.enum.value",
            "declare i64 @llvm.bpf.btf.type.id",
            "llvm.e:11:-4$2",
            "llvm.3.e:11:-4$2",
            "llvm.btf_type_id.0$7",
        ] {
            assert!(may_have(some.as_bytes()), "{some}");
        }
        let none = "llvm.dbg.cu llvm.used llvm.x: llvm.x:1 llvm.x:1: llvm.x:1:1 llvm.bpf.passthrough \
                    llvm.btf_type_id. llvm.";
        assert!(!may_have(none.as_bytes()));
    }
}
