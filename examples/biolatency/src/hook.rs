//! Which program fits the tracepoint `block_rq_issue` of a kernel.

use std::fs;

use anyhow::{Context as _, Result};
use bpf_core_btf::{Btf, Kind};

/// For the running kernel.
pub(crate) fn issue() -> Result<&'static str> {
    const BTF: &str = "/sys/kernel/btf/vmlinux";
    let types = fs::read(BTF).context(BTF)?;
    program(&types).context(BTF)
}

/// The tracepoint had the queue as its first argument until 5.10, and still has in the first of
/// the 5.10.y: so its prototype is asked, and not the version.
fn program(types: &[u8]) -> Result<&'static str> {
    let types = Btf::parse(types)?;
    // `typedef void (*btf_trace_block_rq_issue)(void *, struct request *)`
    let name = "btf_trace_block_rq_issue";
    let arguments = || {
        let pointer = types.find_by_name_kind(name, Kind::Typedef)?.referenced()?;
        let prototype = types.type_by_id(types.type_by_id(pointer)?.referenced()?)?;
        (prototype.kind() == Kind::FuncProto).then(|| prototype.params().len() - 1)
    };
    match arguments().with_context(|| format!("no prototype `{name}`"))? {
        1 => Ok("issue"),
        _ => Ok("issue_from_queue"),
    }
}

#[cfg(test)]
mod tests {
    use bpf_core_btf::{BtfBuilder, Endian, Param, TypeId};

    use super::*;

    fn kernel(arguments: usize) -> Vec<u8> {
        let mut builder = BtfBuilder::new(Endian::Little);
        let pointer = builder.ptr(TypeId::VOID);
        let argument = Param {
            name: "",
            type_id: pointer,
        };
        let prototype = builder.func_proto(TypeId::VOID, &vec![argument; 1 + arguments]);
        let pointer = builder.ptr(prototype);
        builder.typedef("btf_trace_block_rq_issue", pointer);
        builder.finish()
    }

    #[test]
    fn the_request_is_the_last_argument() {
        assert_eq!(program(&kernel(1)).unwrap(), "issue");
        assert_eq!(program(&kernel(2)).unwrap(), "issue_from_queue");
    }

    #[test]
    fn a_kernel_without_the_tracepoint_is_told() {
        let empty = BtfBuilder::new(Endian::Little).finish();
        let error = program(&empty).unwrap_err();
        assert_eq!(error.to_string(), "no prototype `btf_trace_block_rq_issue`");
    }
}
