//! The two forms that a relocation has in LLVM IR.
//!
//! Not optimised, it is a call of one of LLVM's intrinsics. Optimised, it is a load of a global whose name says
//! what is asked for, and whose metadata is the type.

use super::Value;

/// What the names of the intrinsics begin with (`IntrinsicsBPF.td`, `Intrinsics.td`).
pub const INTRINSICS: [&str; 3] = [
    "llvm.preserve.",
    "llvm.bpf.preserve.",
    "llvm.bpf.btf.type.id",
];

/// What the names of the functions begin with whose call gives its last argument, in the place where it stands
/// (`IntrinsicsBPF.td`).
const PASSTHROUGH: &[u8] = b"llvm.bpf.passthrough";

/// What the name of a global says of its relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation<'n> {
    /// As in the record (`enum bpf_core_relo_kind`).
    pub kind: u32,
    /// As in the record: `0:1:2`.
    pub access: &'n str,
}

impl<'n> Relocation<'n> {
    /// Takes a name apart: `llvm.TYPE:KIND:VALUE$ACCESS` (`BPFAbstractMemberAccess.cpp`), or
    /// `llvm.btf_type_id.NUMBER$KIND` (`BPFPreserveDIType.cpp`).
    fn parse(name: &'n [u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix("llvm.")?;
        let (front, back) = name.split_once('$')?;
        // Where a name was taken already, LLVM puts a number behind a dot at the end.
        let back = back.split_once('.').map_or(back, |(back, _)| back);
        if let Some((stem, number)) = front.rsplit_once('.')
            && stem.ends_with("btf_type_id")
            && number.parse::<u32>().is_ok()
        {
            let kind = back.parse().ok()?;
            return Some(Self { kind, access: "0" });
        }
        let (front, value) = front.rsplit_once(':')?;
        let (_, kind) = front.rsplit_once(':')?;
        value.parse::<i64>().ok()?;
        let kind = kind.parse().ok()?;
        Some(Self { kind, access: back })
    }
}

impl<'m> Value<'m> {
    /// The relocation that a global stands for.
    pub fn relocation(self) -> Option<Relocation<'m>> {
        self.is_global()
            .then(|| Relocation::parse(self.name()))
            .flatten()
    }

    /// Whether a function is one of the intrinsics that LLVM makes relocations of.
    pub fn is_relocation_intrinsic(self) -> bool {
        let name = self.name();
        let mut starts = INTRINSICS.iter();
        self.is_function() && starts.any(|start| name.starts_with(start.as_bytes()))
    }

    /// Whether a call of a function gives its last argument, in the place where it stands.
    pub fn is_passthrough(self) -> bool {
        self.name().starts_with(PASSTHROUGH)
    }

    /// Whether an instruction loads the global of a relocation.
    pub fn loads_relocation(self) -> bool {
        use inkwell::llvm_sys::LLVMOpcode::LLVMLoad;
        let is_load = self.is_instruction() && self.opcode() == Some(LLVMLoad);
        let address = is_load.then(|| self.operands().first().copied()).flatten();
        address.is_some_and(|address| address.relocation().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_globals() {
        for (name, kind, access) in [
            ("llvm.task_struct:0:2312$0:76", 0, "0:76"),
            ("llvm.3.task_struct:0:2312$0:76", 0, "0:76"),
            ("llvm.e:11:-1$2", 11, "2"),
            ("llvm.e:11:-1$2.5", 11, "2"),
            ("llvm.btf_type_id.4$7", 7, "0"),
        ] {
            let parsed = Relocation::parse(name.as_bytes());
            assert_eq!(parsed, Some(Relocation { kind, access }), "{name}");
        }
        for name in [
            "llvm.used",
            "task_struct:0:1$0",
            "llvm.x:y:1$0",
            "llvm.cmdline$1",
        ] {
            assert_eq!(Relocation::parse(name.as_bytes()), None, "{name}");
        }
    }
}
