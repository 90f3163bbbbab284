//! Decoding of instructions: each line of `fixtures/insns.txt` has the bytes that LLVM 22 makes of an
//! instruction, in little and big endian, and the text that it writes of those.

use bpf_core_btf::Endian;
use bpf_core_btf::insn::{Callee, Imm64, Insn, JumpOp, Op, Source, decode};

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

#[test]
fn llvm_writes_the_same() {
    let lines = include_str!("fixtures/insns.txt").lines();
    for line in lines {
        let [little, big, text] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        for (endian, code) in [(Endian::Little, bytes(little)), (Endian::Big, bytes(big))] {
            let found: Vec<(u32, Insn)> = decode(&code, endian).collect();
            let [(0, insn)] = found[..] else {
                panic!("{line}: {found:?}");
            };
            assert_eq!(insn.to_string(), text, "{line}");
            assert_eq!(insn.encode(endian), code, "{line}");
            assert_eq!(insn.slots() * 8, code.len(), "{line}");
        }
    }
}

/// One instruction of every opcode, and of fields that select variants: what is read is written back,
/// and only what the kernel refuses is unknown.
#[test]
fn every_opcode_comes_back() {
    let mut known = std::collections::BTreeSet::new();
    for code in (0..=u8::MAX).filter(|&code| code != 0x18) {
        for (off, imm) in [(0, 0), (1, 1), (8, 16), (32, 64), (-1, 0x100), (16, 0xf1)] {
            let insn = Insn {
                code,
                dst: 1,
                src: 2,
                off,
                imm,
            };
            for endian in [Endian::Little, Endian::Big] {
                assert_eq!(Insn::read(&insn.encode(endian), endian), Some(insn));
            }
            if insn.op() != Op::Unknown {
                known.insert(code);
                assert_ne!(insn.to_string(), "<unknown>");
            }
        }
    }
    for unknown in [
        0x00, 0x19, 0x38, 0x58, 0x99, 0x8f, 0xdf, 0xe4, 0xf7, 0x86, 0x96, 0x9d, 0xe6,
    ] {
        assert!(!known.contains(&unknown), "{unknown:#x}");
    }
    // 12 operations with either operand, `neg`, and three swaps, in two widths but the swaps.
    let alu = known.iter().filter(|&code| matches!(code & 7, 4 | 7));
    assert_eq!(alu.count(), 2 * (2 * 12 + 1) + 3);
}

#[test]
fn fields_select_the_variant() {
    let op = |code, src, off, imm| {
        let insn = Insn {
            code,
            dst: 1,
            src,
            off,
            imm,
        };
        insn.op()
    };
    assert_eq!(op(0x85, 0, 0, 7), Op::Call(Callee::Helper));
    assert_eq!(op(0x85, 1, 0, 7), Op::Call(Callee::Local));
    assert_eq!(op(0x85, 2, 0, 7), Op::Call(Callee::Kfunc));
    assert_eq!(op(0x85, 3, 0, 7), Op::Unknown);
    assert_eq!(op(0x18, 0, 0, 7), Op::LoadImm64(Imm64::Number));
    assert_eq!(op(0x18, 6, 0, 7), Op::LoadImm64(Imm64::MapIdxValue));
    assert_eq!(op(0x18, 7, 0, 7), Op::Unknown);
    assert_eq!(op(0x06, 0, 3, -9), Op::Goto { distance: -9 });
    assert_eq!(op(0x05, 0, -3, 9), Op::Goto { distance: -3 });
    // A quotient has no other variant than the signed one.
    assert_eq!(op(0x37, 0, 2, 9), Op::Unknown);
    // Atomic operations of less than four bytes are loads and stores alone.
    assert_eq!(op(0xd3, 2, 0, 0), Op::Unknown);
    let jump = Op::Jump {
        op: JumpOp::Set,
        source: Source::Imm,
        wide: false,
        distance: -1,
    };
    assert_eq!(op(0x46, 0, -1, 2), jump);
}

#[test]
fn what_is_cut_off_is_left_out() {
    let load = bytes("18010000070000000000000000000000");
    for len in 0..load.len() {
        assert_eq!(decode(&load[..len], Endian::Little).count(), 0, "{len}");
    }
    let exit = bytes("9500000000000000");
    let code = [&exit, &load[..], &exit, &exit[..7]].concat();
    let places: Vec<u32> = decode(&code, Endian::Little).map(|(at, _)| at).collect();
    assert_eq!(places, [0, 8, 24]);
}
