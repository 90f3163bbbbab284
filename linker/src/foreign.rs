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

/// Whether an input may hold such relocations, without reading it as IR.
pub(crate) fn may_have(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"llvm.preserve.").is_some()
        || memmem::find_iter(bytes, b"llvm.").any(|at| {
            let rest = &bytes[at + b"llvm.".len()..];
            let name = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
            rest.get(name.count()) == Some(&b':')
        })
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
        assert!(!may_have(b"llvm.dbg.cu llvm.used llvm."));
    }
}
