//! Instructions that a kernel's verifier or compiler does not take.

use bpf_core_btf::insn::{AluOp, AtomicOp, Insn, Op};
use bpf_core_kernel_facts::probed::Question;

use crate::finding::{Effect, Finding, Rule};
use crate::visits::{Cases, Visiting};
use crate::{CheckError, Scene};

/// An instruction that not every kernel takes.
struct Feature {
    /// Of `bpf_core_kernel_facts::probed`.
    name: &'static str,
    /// As a reader of assembler knows it.
    subject: &'static str,
    /// How a program goes without.
    cure: &'static str,
    /// Whether the verifier looks for it before it follows the program: then dead code counts too.
    is_checked_first: bool,
}

/// Judges every instruction that a verifier visits, and of those that it looks for first, all.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    for (number, program) in scene.programs.iter().enumerate() {
        for (place, insn) in &program.insns {
            let callee = scene.object.callee(place.section, place.at, insn);
            let Some(feature) = feature(insn, callee.is_some()) else {
                continue;
            };
            let visiting = if feature.is_checked_first {
                Visiting {
                    surely: scene.kernels.clone(),
                    ..Visiting::default()
                }
            } else {
                scene.visiting(number, *place)
            };
            let kernels = visiting.all();
            let mut cases = Cases::at(&visiting);
            let taken = scene
                .probed
                .said(Question::Instruction, feature.name, &kernels);
            cases.are_well(&taken.yes);
            cases.add(&taken.no, Effect::Refused, feature.cure);
            let unknown = format!("it is not known whether it takes this; {}", feature.cure);
            cases.add(&kernels, Effect::Unknown, unknown);
            cases.report(
                findings,
                Rule::UnsupportedInstruction,
                Some(number),
                Some(*place),
                feature.subject,
            );
        }
    }
    Ok(())
}

/// What an instruction needs, if it is one that not every kernel takes. It may refer to a function of
/// the object.
fn feature(insn: &Insn, is_of_function: bool) -> Option<Feature> {
    const V3: &str = "build with `-mcpu=v3` to go without";
    const PLAIN: &str =
        "read, change and write the value under a spin lock, or keep it in a map per CPU";
    let (name, subject, cure) = match insn.op() {
        Op::Atomic { op, .. } => match op {
            AtomicOp::Or | AtomicOp::And | AtomicOp::Xor => {
                ("atomic_or", "atomic or, and, xor", PLAIN)
            }
            AtomicOp::FetchAdd | AtomicOp::FetchOr | AtomicOp::FetchAnd | AtomicOp::FetchXor => (
                "atomic_fetch",
                "atomic operation that gives the old value",
                PLAIN,
            ),
            AtomicOp::Xchg => ("atomic_xchg", "atomic exchange", PLAIN),
            AtomicOp::Cmpxchg => ("atomic_cmpxchg", "atomic compare and exchange", PLAIN),
            AtomicOp::LoadAcquire => ("load_acquire", "load with acquire", V3),
            AtomicOp::StoreRelease => ("store_release", "store with release", V3),
            _ => return None,
        },
        Op::Alu { op, .. } => match op {
            AluOp::SDiv | AluOp::SMod => ("sdiv", "signed division", V3),
            AluOp::MovSx(_) => ("movsx", "move with sign extension", V3),
            AluOp::Bswap(_) => ("bswap", "byte swap without condition", V3),
            AluOp::AddrSpaceCast => (
                "addr_space_cast",
                "cast to another address space",
                "use a map in place of an arena",
            ),
            _ => return None,
        },
        Op::Load { signed: true, .. } => ("ldsx", "load with sign extension", V3),
        // The short form has its distance in the offset.
        Op::Goto { .. } if insn.code & 0x07 == 0x06 => ("gotol", "goto over a long distance", V3),
        Op::MayGoto { .. } => ("may_goto", "may_goto", "count the rounds of the loop"),
        Op::LoadImm64(_) if is_of_function => (
            "callback",
            "address of a function",
            "unroll the loop in place of a helper that calls back",
        ),
        _ => return None,
    };
    Some(Feature {
        name,
        subject,
        cure,
        // Source: `bpf_opcode_in_insntable` and what else `resolve_pseudo_ldimm64` checks in
        // `kernel/bpf/verifier.c`. It knows these opcodes before the fields that make them new.
        is_checked_first: !matches!(
            name,
            "addr_space_cast" | "load_acquire" | "movsx" | "sdiv" | "store_release"
        ),
    })
}

#[cfg(test)]
mod tests {
    use bpf_core_kernel_facts::probed::{self, INSTRUCTIONS, Question};

    use super::*;

    /// A name that no kernel was asked about would be taken for an instruction that none takes.
    #[test]
    fn kernels_were_asked_about_every_instruction() {
        for name in INSTRUCTIONS {
            assert_ne!(probed::said(Question::Instruction, name), 0, "{name}");
        }
    }

    #[test]
    fn instructions_need_features() {
        let need = |code, src, off, imm, is_of_function| {
            let insn = Insn {
                code,
                dst: 1,
                src,
                off,
                imm,
            };
            feature(&insn, is_of_function).map(|feature| feature.name)
        };
        for (expected, code, src, off, imm) in [
            ("atomic_or", 0xdb, 2, -8, 0x40),
            ("atomic_fetch", 0xc3, 2, -8, 0x01),
            ("atomic_xchg", 0xdb, 2, -8, 0xe1),
            ("atomic_cmpxchg", 0xdb, 2, -8, 0xf1),
            ("load_acquire", 0xdb, 2, -8, 0x100),
            ("store_release", 0xdb, 2, -8, 0x110),
            ("sdiv", 0x37, 0, 1, 2),
            ("movsx", 0xbf, 2, 8, 0),
            ("bswap", 0xd7, 0, 0, 16),
            ("addr_space_cast", 0xbf, 2, 1, 1),
            ("ldsx", 0x91, 2, -8, 0),
            ("gotol", 0x06, 0, 0, 1),
            ("may_goto", 0xe5, 0, 1, 0),
        ] {
            assert_eq!(need(code, src, off, imm, false), Some(expected));
            assert!(INSTRUCTIONS.contains(&expected), "{expected}");
        }
        assert_eq!(need(0x18, 0, 0, 0, true), Some("callback"));
        for (code, src, off, imm) in [
            (0xdb, 2, -8, 0), // lock *(u64 *)(r1 - 8) += r2
            (0x05, 0, 1, 0),  // goto +1
            (0x18, 1, 0, 0),  // r1 = map
            (0x37, 0, 0, 2),  // r1 /= 2
            (0xdc, 0, 0, 16), // r1 = be16 r1
            (0x85, 0, 0, 1),  // call 1
        ] {
            assert_eq!(need(code, src, off, imm, false), None, "{code:x}");
        }
    }
}
