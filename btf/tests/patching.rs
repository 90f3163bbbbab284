//! Instructions that must not be patched, and the other byte order; what libbpf patches is in
//! `libbpf.rs`.

use bpf_core_btf::{
    Btf, BtfBuilder, CoreRelo, CoreReloKind, Endian, Enumerator, Member, POISON, PatchError,
    Patched, Resolver, TypeId, patch,
};

const OUTER: TypeId = TypeId(4);
const ENUM: TypeId = TypeId(5);

/// `struct outer { u32 number; u64 pointer; u32 gone }` with `number` behind `offset` in the
/// target and of `size` bytes, and `enum e { A = value }`.
fn blob(endian: Endian, offset: u32, size: u32, gone: bool, value: u64) -> Vec<u8> {
    let mut builder = BtfBuilder::new(endian);
    let number = builder.int("number_t", size, 0);
    let long = builder.int("unsigned long", 8, 0);
    builder.ptr(long);
    let field = |name, type_id, bit_offset| Member {
        name,
        type_id,
        bit_offset,
        bitfield_size: 0,
    };
    let mut members = vec![field("number", number, offset * 8)];
    if gone {
        members.push(field("gone", number, 0));
    }
    builder.structure("outer", 70_000, &members);
    builder.enumeration64("e", 8, false, &[Enumerator { name: "A", value }]);
    builder.finish()
}

struct Case {
    endian: Endian,
    local: Vec<u8>,
    target: Vec<u8>,
}

impl Case {
    fn new(offset: u32, size: u32) -> Self {
        Self::of(Endian::Little, offset, size)
    }

    fn of(endian: Endian, offset: u32, size: u32) -> Self {
        let local = blob(endian, 8, 4, true, 0x1_0000_0002);
        let target = blob(endian, offset, size, false, 0x3_0000_0004);
        Self {
            endian,
            local,
            target,
        }
    }

    fn patch(
        &self,
        (type_id, access, kind): (TypeId, &'static str, CoreReloKind),
        insns: &mut [u8],
    ) -> Result<Patched, PatchError> {
        let local = Btf::parse(&self.local).unwrap();
        let target = Btf::parse(&self.target).unwrap();
        assert_eq!(local.endian(), self.endian);
        let relo = CoreRelo {
            insn_off: 0,
            type_id,
            access,
            kind,
        };
        let resolution = Resolver::new(&local, &target).resolve(&relo).unwrap();
        patch(insns, &resolution)
    }
}

const NUMBER: (TypeId, &str, CoreReloKind) = (OUTER, "0:0", CoreReloKind::ByteOff);
const GONE: (TypeId, &str, CoreReloKind) = (OUTER, "0:1", CoreReloKind::ByteOff);
const VALUE: (TypeId, &str, CoreReloKind) = (ENUM, "0", CoreReloKind::EnumvalValue);

/// `r2 = *(u32 *)(r1 + off)`
fn load(off: i16) -> [u8; 8] {
    let [low, high] = off.to_le_bytes();
    [0x61, 0x12, low, high, 0, 0, 0, 0]
}

#[test]
fn load_changes_offset_and_width() {
    let mut insns = load(8);
    let patched = Case::new(24, 8).patch(NUMBER, &mut insns).unwrap();
    assert_eq!(patched, Patched::Value { old: 8, new: 24 });
    assert_eq!(insns, [0x79, 0x12, 24, 0, 0, 0, 0, 0]);
}

#[track_caller]
fn refused(
    case: &Case,
    record: (TypeId, &'static str, CoreReloKind),
    insns: &[u8],
    error: PatchError,
) {
    let mut patched = insns.to_vec();
    assert_eq!(case.patch(record, &mut patched), Err(error));
    assert_eq!(patched, insns, "an error leaves the program as it is");
}

#[test]
fn load_that_holds_another_offset() {
    let error = PatchError::UnexpectedValue {
        found: -8i64 as u64,
        expected: 8,
    };
    refused(&Case::new(24, 4), NUMBER, &load(-8), error);
}

#[test]
fn load_beyond_sixteen_bits() {
    let error = PatchError::OffsetTooLarge { offset: 0x8000 };
    refused(&Case::new(0x8000, 4), NUMBER, &load(8), error);
    // As an immediate it has room.
    let mut insns = [0xb7, 2, 0, 0, 8, 0, 0, 0];
    Case::new(0x8000, 4).patch(NUMBER, &mut insns).unwrap();
    assert_eq!(insns, [0xb7, 2, 0, 0, 0, 0x80, 0, 0]);
}

#[test]
fn load_of_a_part_keeps_its_width_or_is_refused() {
    let mut byte = load(8);
    byte[0] = 0x71;
    let error = PatchError::UnexpectedWidth {
        found: 1,
        expected: 4,
    };
    refused(&Case::new(24, 8), NUMBER, &byte, error);
    Case::new(24, 4).patch(NUMBER, &mut byte).unwrap();
    assert_eq!(byte, [0x71, 0x12, 24, 0, 0, 0, 0, 0]);
}

#[test]
fn load_of_sixteen_bytes_does_not_exist() {
    let error = PatchError::NoSuchWidth { size: 16 };
    refused(&Case::new(24, 16), NUMBER, &load(8), error);
}

#[test]
fn instructions_without_a_place_for_it() {
    let case = Case::new(24, 4);
    // r2 += r1, goto, r2 = map
    for insn in [[0x0f, 0x12, 0, 0, 8, 0, 0, 0], [0x05, 0, 0, 0, 8, 0, 0, 0]] {
        let error = PatchError::NotRelocatable { opcode: insn[0] };
        refused(&case, NUMBER, &insn, error);
    }
    let mut map = [0; 16];
    map[..8].copy_from_slice(&[0x18, 0x12, 0, 0, 2, 0, 0, 0]);
    refused(
        &case,
        VALUE,
        &map,
        PatchError::NotRelocatable { opcode: 0x18 },
    );
}

#[test]
fn records_outside_the_section() {
    let case = Case::new(24, 4);
    let error = PatchError::NoSuchInsn { insn_off: 0 };
    refused(&case, NUMBER, &[], error);
    refused(&case, NUMBER, &load(8)[..7], error);
    // A 64-bit load that is cut in half.
    refused(&case, VALUE, &[0x18, 2, 0, 0, 2, 0, 0, 0], error);
}

fn both_orders(insns: &[u64]) -> [(Endian, Vec<u8>); 2] {
    let little = insns
        .iter()
        .flat_map(|insn| insn.to_be_bytes())
        .collect::<Vec<_>>();
    let mut big = little.clone();
    for insn in big.chunks_exact_mut(8) {
        insn[1] = insn[1].rotate_left(4);
        insn[2..4].reverse();
        insn[4..].reverse();
    }
    [(Endian::Little, little), (Endian::Big, big)]
}

#[test]
fn sixty_four_bits_in_both_byte_orders() {
    let before = both_orders(&[0x1802_0000_0200_0000, 0x0000_0000_0100_0000]);
    let after = both_orders(&[0x1802_0000_0400_0000, 0x0000_0000_0300_0000]);
    for ((endian, mut insns), (_, expected)) in before.into_iter().zip(after) {
        let patched = Case::of(endian, 24, 4).patch(VALUE, &mut insns).unwrap();
        assert_eq!(
            patched,
            Patched::Value {
                old: 0x1_0000_0002,
                new: 0x3_0000_0004
            }
        );
        assert_eq!(insns, expected, "{endian:?}");
    }
}

#[test]
fn poison_in_both_byte_orders() {
    assert_eq!(POISON, 195_896_080);
    let call = 0x8500_0000_1023_ad0b;
    let load = both_orders(&[0x6112_0800_0000_0000]);
    let wide = both_orders(&[0x1802_0000_0200_0000, 0x0000_0000_0100_0000]);
    for (before, after) in [
        (load, both_orders(&[call])),
        (wide, both_orders(&[call, call])),
    ] {
        for ((endian, mut insns), (_, expected)) in before.into_iter().zip(after) {
            let patched = Case::of(endian, 24, 4).patch(GONE, &mut insns).unwrap();
            assert_eq!(
                (patched, &insns),
                (Patched::Poisoned, &expected),
                "{endian:?}"
            );
        }
    }
}
