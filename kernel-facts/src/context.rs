//! What a program finds in the memory that its first argument points to.

/// What the context of a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// `struct pt_regs` in a function of the kernel, whose arguments are in them.
    Registers,
    /// `struct pt_regs` where a system call begins: they lead to no struct of the kernel's own.
    SystemCall,
    /// `struct pt_regs` of a process.
    UserRegisters,
    /// The record of a tracepoint, whose layout each kernel has for itself.
    Record,
    /// `struct bpf_raw_tracepoint_args`: the arguments as numbers.
    Numbers,
    /// The arguments, whose types the verifier knows from the kernel's BTF.
    Typed,
    /// `struct bpf_iter__*`, where the verifier knows the types of the pointers.
    Iterator {
        /// Where pointers to the program's own memory are: keys and values of its maps.
        own: &'static [i64],
    },
    /// A struct of the user-space API, of that name.
    Api(&'static str),
    /// Whatever the loader or another program gives.
    Own,
}

/// An argument that may point to a struct of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The verifier takes it for a number, and refuses to load through it.
    Number,
    /// The verifier knows its type.
    Typed,
}

impl Context {
    /// Whether the verifier knows the types of the arguments, so that a program may load through them.
    #[must_use]
    pub fn is_typed(self) -> bool {
        matches!(self, Self::Typed | Self::Iterator { .. })
    }

    /// The argument in the eight bytes at `offset`. `None` if no struct of the kernel's own is there.
    #[must_use]
    pub fn argument(self, offset: i64) -> Option<Argument> {
        let aligned = offset >= 0 && offset % 8 == 0;
        match self {
            Self::Registers if is_argument(offset) => Some(Argument::Number),
            Self::Numbers if aligned => Some(Argument::Number),
            Self::Typed if aligned => Some(Argument::Typed),
            // The first is `struct bpf_iter_meta`.
            Self::Iterator { own } if aligned && offset != 0 && !own.contains(&offset) => {
                Some(Argument::Typed)
            }
            _ => None,
        }
    }
}

/// Where `struct pt_regs` has the arguments of a function, in their order: `PT_REGS_PARM1` and the rest in
/// libbpf's `bpf_tracing.h`.
const AMD64: [i64; 6] = [112, 104, 96, 88, 72, 64];
const ARM64: [i64; 8] = [0, 8, 16, 24, 32, 40, 48, 56];
const RISCV64: [i64; 8] = [80, 88, 96, 104, 112, 120, 128, 136];

/// Where the fourth argument of a system call is on x86-64: `PT_REGS_PARM4_SYSCALL`.
const AMD64_FOURTH: i64 = 56;

/// `PT_REGS_RC` of x86-64.
const AMD64_RESULT: i64 = 80;

/// Whether the register holds an argument or a result on x86-64 or arm64. Of arm64, only the first four count: on
/// x86-64 there are other registers in the places of the rest.
fn is_argument(offset: i64) -> bool {
    AMD64.contains(&offset) || offset == AMD64_RESULT || ARM64[..4].contains(&offset)
}

/// The argument, from 0, in the eight bytes at `offset` of `struct pt_regs`, where a function begins.
#[must_use]
pub fn argument_register(architecture: &str, offset: i32) -> Option<usize> {
    let registers: &[i64] = match architecture {
        "amd64" => &AMD64,
        "arm64" => &ARM64,
        "riscv64" => &RISCV64,
        _ => &[],
    };
    let offset = i64::from(offset);
    registers.iter().position(|register| *register == offset)
}

/// Whether an argument may be the registers of a process, which the wrapper of a system call gets, and `offset` one that
/// holds an argument of the system call: `PT_REGS_PARM1_SYSCALL` and the rest in libbpf's `bpf_tracing.h`. The argument
/// itself is in the register at `argument`.
#[must_use]
pub fn is_register_of_caller(argument: i64, offset: i64) -> bool {
    [&AMD64[..], &ARM64, &RISCV64].iter().any(|registers| {
        let is_fourth = registers[0] == AMD64[0] && offset == AMD64_FOURTH;
        registers[0] == argument && (is_fourth || registers.contains(&offset))
    })
}

/// Whether a struct of that name holds the registers of a processor.
#[must_use]
pub fn is_registers(record: &str) -> bool {
    matches!(record, "pt_regs" | "user_pt_regs")
}

/// The architecture that alone has a member of that name in its `struct pt_regs`, by the names of the kernel
/// and of its user-space API. `sp` and `pc` are registers of several.
#[must_use]
pub fn architecture_of_register(name: &str) -> Option<&'static str> {
    let is_in = |names: &[&str]| names.contains(&name);
    match name {
        "ax" | "bx" | "cx" | "dx" | "di" | "si" | "bp" | "ip" | "orig_ax" => Some("x86-64"),
        "rax" | "rbx" | "rcx" | "rdx" | "rdi" | "rsi" | "rbp" | "rip" | "rsp" | "orig_rax" => {
            Some("x86-64")
        }
        _ if is_in(&["r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"]) => Some("x86-64"),
        "regs" | "user_regs" | "pstate" | "orig_x0" => Some("arm64"),
        _ if is_in(&["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "epc"]) => Some("riscv64"),
        "gprs" | "orig_gpr2" => Some("s390x"),
        "gpr" | "nip" => Some("powerpc"),
        _ => None,
    }
}

/// Members of iterators' contexts that point to the program's own memory: target, member, offset
/// (`PTR_TO_BUF` in `kernel/bpf/map_iter.c`, `net/core/sock_map.c` and `net/core/bpf_sk_storage.c`).
const OWN: &[(&str, &[&str], &[i64])] = &[
    ("bpf_map_elem", &["key", "value"], &[16, 24]),
    ("sockmap", &["key"], &[16]),
    ("bpf_sk_storage_map", &["value"], &[24]),
];

/// The context of an iterator over `target`. If the loader chooses the target, all that could be the program's own
/// memory is: the first row has it.
pub(crate) fn iterator(target: &str) -> Context {
    let row = OWN
        .iter()
        .find(|(name, ..)| *name == target || target.is_empty());
    Context::Iterator {
        own: row.map_or(&[], |(_, _, offsets)| offsets),
    }
}

/// Whether a member of a context (`value` of `bpf_iter__bpf_map_elem`) points to the program's own
/// memory, such as what is in its maps.
#[must_use]
pub fn is_own_memory(record: &str, member: &str) -> bool {
    let target = record.strip_prefix(ITERATOR);
    let row = OWN.iter().find(|(name, ..)| Some(*name) == target);
    row.is_some_and(|(_, members, _)| members.contains(&member))
}

/// What the names of iterators' contexts start with; behind it is the target.
const ITERATOR: &str = "bpf_iter__";

/// The struct that is the context of an iterator over `target`.
#[must_use]
pub fn iterator_struct(target: &str) -> String {
    format!("{ITERATOR}{target}")
}

#[cfg(test)]
mod tests {
    use super::{
        Argument, Context, OWN, is_own_memory, is_register_of_caller, iterator, iterator_struct,
    };

    #[test]
    fn arguments() {
        assert_eq!(Context::Registers.argument(152), None, "the stack pointer");
        assert_eq!(Context::SystemCall.argument(112), None);
        assert_eq!(Context::Typed.argument(8), Some(Argument::Typed));
        assert_eq!(Context::Numbers.argument(8), Some(Argument::Number));
        assert_eq!(iterator("task").argument(0), None, "the meta data");
        assert_eq!(iterator("task").argument(8), Some(Argument::Typed));
    }

    #[test]
    fn registers_of_a_caller() {
        for (argument, offset, is_one) in [
            (112, 104, true),
            (112, 56, true),
            (112, 16, false),
            (104, 112, false),
            (0, 56, true),
            (0, 64, false),
            (80, 136, true),
            (80, 56, false),
        ] {
            let found = is_register_of_caller(argument, offset);
            assert_eq!(found, is_one, "{argument} {offset}");
        }
    }

    #[test]
    fn maps_are_the_programs_own() {
        let all = iterator("");
        for (target, members, offsets) in OWN {
            assert_eq!(members.len(), offsets.len(), "{target}");
            for (member, &offset) in members.iter().zip(*offsets) {
                assert_eq!(iterator(target).argument(offset), None, "{target}.{member}");
                assert_eq!(all.argument(offset), None, "{target}.{member}");
                assert!(is_own_memory(&iterator_struct(target), member));
            }
            assert_eq!(
                iterator(target).argument(8),
                Some(Argument::Typed),
                "{target}: the map"
            );
        }
        assert_eq!(
            iterator("sockmap").argument(24),
            Some(Argument::Typed),
            "the socket"
        );
        assert!(!is_own_memory("bpf_iter__sockmap", "sk"));
        assert!(!is_own_memory("bpf_map_elem", "value"));
    }
}
