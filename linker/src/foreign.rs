//! Relocations that are in the inputs without our doing, from C: the names of their
//! types are not free.

use std::collections::BTreeSet;

use inkwell::module::Module;
use memchr::memmem;

use crate::{
    error::Result,
    input::{self, Input},
    ir,
    lower::TYPE_OF_ACCESS,
    session::Session,
    verify::Global,
};

/// Whether an input may hold such relocations. To read the `core` library as IR takes
/// longer than to link a program, so this must not say yes for nothing.
pub(crate) fn may_have(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"llvm.preserve.").is_some()
        || memmem::find_iter(bytes, b"llvm.").any(|at| is_relocation(&bytes[at + b"llvm.".len()..]))
}

/// Whether the bytes begin with `TYPE:KIND:VALUE$`.
fn is_relocation(bytes: &[u8]) -> bool {
    let name = skip(bytes, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
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

/// The types that an input has relocations of.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn type_names_of_input(session: &Session, input: &Input) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    input::each_ir(input, |name, bytes, ir| {
        names.extend(type_names(&session.parse(name, bytes, ir)?));
        Ok(())
    })?;
    Ok(names)
}

/// The types that a module has relocations of: made already, as clang leaves them
/// after optimising, or still to be made.
pub(crate) fn type_names(module: &Module<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for global in ir::globals(module) {
        if let Some(Global::Access { type_name, .. }) = Global::parse(global.name()) {
            names.insert(type_name.to_owned());
        }
    }
    let kind = module.get_context().get_kind_id(TYPE_OF_ACCESS);
    for function in ir::functions(module) {
        let name = function.name();
        if name.starts_with(b"llvm.preserve.") || name.starts_with(b"llvm.bpf.preserve.") {
            names.extend(
                function
                    .users()
                    .into_iter()
                    .filter_map(|call| call.accessed_type(kind)),
            );
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_relocations() {
        assert!(may_have(b"..llvm.task_struct:0:4$0:1"));
        assert!(may_have(b"declare ptr @llvm.preserve.struct.access.index"));
        assert!(may_have(b"llvm.e:11:-4$2"));
        assert!(!may_have(
            b"llvm.dbg.cu llvm.used llvm.x: llvm.x:1 llvm.x:1: llvm.x:1:1 llvm."
        ));
    }
}
