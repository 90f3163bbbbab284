//! Input that nobody's compiler wrote: an error or an answer, never a panic or a hang.

#[path = "../examples/resolve/report.rs"]
mod report;

use bpf_core_btf::object::Object;
use bpf_core_btf::{
    Array, Btf, BtfBuilder, BtfExt, CoreRelo, CoreReloKind, Endian, ErrorKind, Fault, Kind, Member,
    Param, Resolver, TypeId, Use, minimize,
};

const KINDS: &[u8] = include_bytes!("fixtures/kinds.bpf.o");
const MOVED: &[u8] = include_bytes!("fixtures/moved.btf");

/// Everything that can be asked of a blob that parses.
fn exercise(bytes: &[u8]) {
    let Ok(btf) = Btf::parse(bytes) else { return };
    for ty in btf.types() {
        let _ = (
            ty.to_string(),
            ty.members().count(),
            ty.enumerators().count(),
        );
        let _ = (
            ty.params().count(),
            ty.variables().count(),
            btf.resolve_size(ty.id()),
        );
        let _ = btf.skip_mods_and_typedefs(ty.id());
    }
    let (_, uses) = report::report(&Object::parse(KINDS).unwrap(), &btf).unwrap();
    minimize(btf.endian(), &[&btf], uses);
}

#[test]
fn every_prefix_of_btf_is_refused() {
    for len in 0..MOVED.len() {
        let error = Btf::parse(&MOVED[..len]).unwrap_err();
        assert!(error.offset <= len, "{len}: {error}");
    }
}

#[test]
fn every_prefix_of_btf_ext_is_refused() {
    let object = Object::parse(KINDS).unwrap();
    let local = object.btf().unwrap();
    let ext = object.section(".BTF.ext").unwrap().data;
    for len in 0..ext.len() {
        BtfExt::parse(&ext[..len], local).unwrap_err();
    }
}

/// A copy with one bit flipped, a different one from byte to byte.
fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1 << (at % 8);
    bytes
}

/// All is parsed, only each of these is resolved: the loops should not take longer than the rest
/// of the tests together.
const STRIDE: usize = 7;

#[test]
fn flipped_bits_in_btf() {
    for at in 0..MOVED.len() {
        let bytes = flipped(MOVED, at);
        let parsed = Btf::parse(&bytes);
        if parsed.is_ok() && at % STRIDE == 0 {
            exercise(&bytes);
        }
    }
}

#[test]
fn flipped_bits_in_btf_ext_and_local_btf() {
    let object = Object::parse(KINDS).unwrap();
    let section = |name| object.section(name).unwrap().data;
    let (btf, ext) = (section(".BTF"), section(".BTF.ext"));
    let target = Btf::parse(MOVED).unwrap();
    let resolve_all = |btf: &[u8], ext: &[u8], resolve: bool| {
        let Ok(local) = Btf::parse(btf) else { return };
        let Ok(ext) = BtfExt::parse(ext, &local) else {
            return;
        };
        let mut resolver = Resolver::new(&local, &target);
        let records = ext.core_relos().iter().flat_map(|section| &section.records);
        for relo in records.filter(|_| resolve) {
            let _ = resolver.resolve(relo);
            let _ = ext.line_at("raw_tp/fields", relo.insn_off);
        }
    };
    for at in 0..ext.len() {
        resolve_all(btf, &flipped(ext, at), at % STRIDE == 0);
    }
    for at in 0..btf.len() {
        resolve_all(&flipped(btf, at), ext, at % STRIDE == 0);
    }
}

/// A blob of one struct, to overwrite words of: the header ends at 24, the record at 36.
fn one_struct() -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    builder.structure("s", 4, &[]);
    builder.finish()
}

fn with_word(at: usize, word: u32) -> Vec<u8> {
    let mut bytes = one_struct();
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    bytes
}

#[track_caller]
fn refused(bytes: &[u8], kind: ErrorKind, offset: usize) {
    let error = Btf::parse(bytes).unwrap_err();
    assert_eq!((error.kind, error.offset), (kind, offset));
}

#[test]
fn errors_tell_the_byte() {
    let id = TypeId(1);
    refused(&with_word(0, 0x0001_dead), ErrorKind::BadMagic(0xdead), 0);
    refused(
        &with_word(0, 0x0002_eb9f),
        ErrorKind::UnsupportedVersion(2),
        2,
    );
    refused(&with_word(4, 20), ErrorKind::HeaderTooShort(20), 4);
    refused(
        &with_word(12, u32::MAX),
        ErrorKind::Truncated("type section"),
        39,
    );
    refused(
        &with_word(20, u32::MAX),
        ErrorKind::Truncated("string section"),
        39,
    );
    refused(
        &with_word(12, 13),
        ErrorKind::Overlap("type section", "string section"),
        8,
    );
    refused(&with_word(12, 11), ErrorKind::TypeTooLong(id), 24);
    refused(
        &with_word(24, 3),
        ErrorKind::BadString { string: 3, id },
        24,
    );
    // 2^24 - 1 members in a blob of 39 bytes.
    refused(&with_word(28, 0x04ff_ffff), ErrorKind::TypeTooLong(id), 24);
    refused(
        &with_word(28, 20 << 24),
        ErrorKind::UnknownKind { kind: 20, id },
        28,
    );
    refused(
        &with_word(28, 0),
        ErrorKind::UnknownKind { kind: 0, id },
        28,
    );
    let to = TypeId(2);
    refused(
        &with_word(28, 2 << 24),
        ErrorKind::BadReference { to: TypeId(4), id },
        32,
    );
    let mut pointer = with_word(28, 2 << 24);
    pointer[32..36].copy_from_slice(&2u32.to_le_bytes());
    refused(&pointer, ErrorKind::BadReference { to, id }, 32);
    let mut endless = one_struct();
    *endless.last_mut().unwrap() = 1;
    refused(&endless, ErrorKind::BadStringSection, 36);
}

#[test]
fn longer_headers_and_layouts_of_new_kinds() {
    // hdr_len 36: the layout fields, and a word that this crate knows nothing of.
    let layout: [u8; 4] = [4, 8, 0, 0];
    let mut bytes = one_struct();
    bytes[4..8].copy_from_slice(&36u32.to_le_bytes());
    let mut types = bytes.split_off(24);
    let strings = types.split_off(12);
    // Kind 20 with a fixed part of 4 bytes and two entries of 8.
    types.extend(0u32.to_le_bytes());
    types.extend((20u32 << 24 | 2).to_le_bytes());
    types.extend([0; 4 + 4 + 16]);
    let type_len = types.len() as u32;
    let layouts = [[0; 4]; 20]
        .concat()
        .into_iter()
        .chain(layout)
        .collect::<Vec<u8>>();
    let layout_len = layouts.len() as u32;
    bytes[12..16].copy_from_slice(&type_len.to_le_bytes());
    bytes[16..20].copy_from_slice(&(type_len + layout_len).to_le_bytes());
    for word in [type_len, layout_len, 7] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(types);
    bytes.extend(layouts);
    bytes.extend(strings);
    let btf = Btf::parse(&bytes).unwrap();
    let kinds: Vec<_> = btf.types().map(|ty| ty.kind()).collect();
    assert_eq!(kinds, [Kind::Struct, Kind::Other(20)]);
}

/// libbpf does not look at the offset of a layout section of no bytes.
#[test]
fn a_layout_of_no_bytes_may_be_anywhere() {
    let mut bytes = one_struct();
    bytes[4..8].copy_from_slice(&32u32.to_le_bytes());
    let rest = bytes.split_off(24);
    bytes.extend([0xf1, 0xff, 0xff, 0x7f, 0, 0, 0, 0]);
    bytes.extend(rest);
    assert_eq!(Btf::parse(&bytes).unwrap().types().len(), 1);
    bytes[28] = 4;
    refused(&bytes, ErrorKind::Truncated("layout section"), bytes.len());
}

/// Wherever a name begins, behind bytes of another encoding or before them, and in split BTF.
#[test]
fn strings_may_be_latin1() {
    let mut builder = BtfBuilder::new(Endian::Little);
    builder.structure("before", 4, &[]);
    builder.structure("caf? caf? \u{e9}", 4, &[]);
    builder.structure("after", 4, &[]);
    let mut bytes = builder.finish();
    for at in 0..bytes.len() - 4 {
        if bytes[at..].starts_with(b"caf?") {
            bytes[at + 3] = 0xe9;
        }
    }
    let btf = Btf::parse(&bytes).unwrap();
    let names: Vec<_> = btf.types().map(|ty| ty.name()).collect();
    let cafe = "caf\u{e9} caf\u{e9} \u{e9}";
    assert_eq!(names, ["before", cafe, "after"]);
    let found = btf.find_by_name_kind(cafe, Kind::Struct).unwrap();
    assert_eq!(found.id(), TypeId(2));
    // A string may be the end of another. `caf` is at 8.
    assert_eq!(btf.string_at(8 + 3), Some("\u{e9} caf\u{e9} \u{e9}"));
    assert_eq!(btf.string_at(8 + 4), Some(" caf\u{e9} \u{e9}"));
    assert_eq!(btf.string_at(8 + 11), None, "within a character");
    assert_eq!(btf.string_at(8 + 13 + 2), Some("ter"));
    let end = bytes.len() as u32 - 24 - 3 * 12;
    assert_eq!(
        (btf.string_at(end - 1), btf.string_at(end)),
        (Some(""), None)
    );

    let mut split = BtfBuilder::split(&btf);
    split.structure("in_module", 4, &[]);
    let split = split.finish();
    let split = Btf::parse_split(&split, &btf).unwrap();
    let names: Vec<_> = split.types().map(|ty| ty.name()).collect();
    assert_eq!(names, ["in_module"]);
}

fn member(name: &str, type_id: TypeId) -> Member<'_> {
    Member {
        name,
        type_id,
        bit_offset: 0,
        bitfield_size: 0,
    }
}

/// What a record about `0:0` of local `root` comes to on a target of these types.
fn resolve_against(kind: CoreReloKind, target: BtfBuilder) -> Result<Option<u64>, Fault> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let root = builder.structure("root", 4, &[member("wanted", int)]);
    let local = builder.finish();
    let local = Btf::parse(&local).unwrap();
    let target = target.finish();
    let target = Btf::parse(&target).unwrap();
    let access = if kind.is_type_based() { "0" } else { "0:0" };
    let relo = CoreRelo {
        insn_off: 0,
        type_id: root,
        access,
        kind,
    };
    let resolved = Resolver::new(&local, &target).resolve(&relo);
    resolved
        .map(|resolution| resolution.value)
        .map_err(|error| error.fault)
}

#[test]
fn chains_without_end() {
    let mut builder = BtfBuilder::new(Endian::Little);
    let (a, b) = (TypeId(1), TypeId(2));
    builder.typedef("a", b);
    builder.reference(Kind::Const, "", a);
    let array = builder.next_id();
    builder.array(Array {
        element: array,
        index_type: array,
        nelems: 2,
    });
    let bytes = builder.finish();
    let btf = Btf::parse(&bytes).unwrap();
    assert!(btf.skip_mods_and_typedefs(a).is_none());
    assert_eq!(btf.resolve_size(a), None);
    assert_eq!(btf.resolve_size(array), None);

    let mut target = BtfBuilder::new(Endian::Little);
    let looped = TypeId(2);
    target.structure("root", 4, &[member("", looped)]);
    target.typedef("looped", looped);
    let found = resolve_against(CoreReloKind::ByteOff, target);
    assert_eq!(found, Err(Fault::BadType(looped)));
}

#[test]
fn anonymous_members_within_themselves() {
    let mut target = BtfBuilder::new(Endian::Little);
    let root = target.next_id();
    target.structure("root", 4, &[member("", root), member("", root)]);
    assert_eq!(
        resolve_against(CoreReloKind::ByteOff, target),
        Err(Fault::TooDeep)
    );
}

/// 2^50 ways through 50 levels of two anonymous members each.
#[test]
fn anonymous_members_that_multiply() {
    let mut target = BtfBuilder::new(Endian::Little);
    for level in 0..50 {
        let below = TypeId(level + 2);
        let name = if level == 0 { "root" } else { "" };
        target.structure(name, 4, &[member("", below), member("", below)]);
    }
    target.structure("", 4, &[]);
    assert_eq!(
        resolve_against(CoreReloKind::FieldExists, target),
        Err(Fault::TooComplex)
    );
}

/// The same through the parameters of functions.
#[test]
fn parameters_that_multiply() {
    let levels = |builder: &mut BtfBuilder| {
        for level in 0..25 {
            let type_id = TypeId(level + 2);
            builder.func_proto(type_id, &[Param { name: "", type_id }; 2]);
        }
        builder.int("int", 4, 1);
        builder.typedef("root", TypeId(1))
    };
    let mut builder = BtfBuilder::new(Endian::Little);
    let root = levels(&mut builder);
    let bytes = builder.finish();
    let btf = Btf::parse(&bytes).unwrap();
    for kind in [CoreReloKind::TypeExists, CoreReloKind::TypeMatches] {
        let relo = CoreRelo {
            insn_off: 0,
            type_id: root,
            access: "0",
            kind,
        };
        let error = Resolver::new(&btf, &btf).resolve(&relo).unwrap_err();
        assert_eq!(error.fault, Fault::TooComplex);
    }
}

#[test]
fn sizes_and_offsets_beyond_32_bits() {
    let mut target = BtfBuilder::new(Endian::Little);
    let int = target.int("int", 4, 1);
    let huge = target.array(Array {
        element: int,
        index_type: int,
        nelems: u32::MAX,
    });
    target.structure(
        "root",
        u32::MAX,
        &[member("wanted", int), member("huge", huge)],
    );
    let bytes = target.finish();
    let btf = Btf::parse(&bytes).unwrap();
    assert_eq!(btf.resolve_size(huge), None);
    let fault = |access| {
        let kind = CoreReloKind::ByteOff;
        let relo = CoreRelo {
            insn_off: 0,
            type_id: TypeId(3),
            access,
            kind,
        };
        Resolver::new(&btf, &btf).resolve(&relo).unwrap_err().fault
    };
    assert_eq!(fault("9:0"), Fault::OffsetOverflow);
    assert_eq!(fault("0:1:4294967295"), Fault::BadAccess);
}

#[test]
fn malformed_access_strings() {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let root = builder.structure("root", 4, &[member("wanted", int)]);
    let bytes = builder.finish();
    let btf = Btf::parse(&bytes).unwrap();
    let fault = |access: &str, kind| {
        let relo = CoreRelo {
            insn_off: 0,
            type_id: root,
            access: access.to_owned().leak(),
            kind,
        };
        Resolver::new(&btf, &btf).resolve(&relo).unwrap_err().fault
    };
    for access in [
        "",
        ":",
        "0:",
        ":0",
        "0::0",
        "0:x",
        "0:-1",
        "0:+",
        "0: ",
        "0:+ 0",
        "0:--0",
        "99999999999",
    ] {
        assert_eq!(
            fault(access, CoreReloKind::ByteOff),
            Fault::BadAccess,
            "{access}"
        );
    }
    let deep = "0:".repeat(64) + "0";
    assert_eq!(fault(&deep, CoreReloKind::ByteOff), Fault::TooDeep);
    assert_eq!(fault("0:0", CoreReloKind::TypeExists), Fault::BadAccess);
    let of = || "[2] struct root".to_owned();
    let kind = CoreReloKind::ByteOff;
    assert_eq!(fault("0:1", kind), Fault::BadMember { index: 1, of: of() });
    assert_eq!(
        fault("0:0:0", kind),
        Fault::NotAccessible {
            ty: "[1] int int".to_owned()
        }
    );
    let kind = CoreReloKind::EnumvalValue;
    assert_eq!(
        fault("0", kind),
        Fault::BadEnumerator { index: 0, of: of() }
    );
}

/// Types that a record names by mistake, in a minimal BTF: it can be read again.
#[test]
fn what_is_minimized_can_be_read() {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let var = builder.var("var", int, 1);
    let owner = builder.structure("owner", 4, &[member("a", int)]);
    let tag = builder.decl_tag("tag", owner, 0);
    let type_tag = builder.reference(Kind::TypeTag, "user", int);
    let mut bytes = builder.finish();
    // The top bit of `info`: both tags are attributes.
    for at in (24..bytes.len() - 4).step_by(4) {
        if matches!(bytes[at..at + 4], [0, 0, 0, 17 | 18]) {
            bytes[at + 3] |= 0x80;
        }
    }
    let btf = Btf::parse(&bytes).unwrap();
    let uses = [var, tag, type_tag].map(|type_id| Use {
        target: 0,
        type_id,
        member: None,
    });
    let minimal = minimize(btf.endian(), &[&btf], uses);
    let minimal = Btf::parse(&minimal).unwrap();
    let kinds: Vec<_> = minimal
        .types()
        .map(|ty| (ty.kind(), ty.name(), ty.kind_flag()))
        .collect();
    let expected = [
        (Kind::Int, "int", false),
        (Kind::Var, "var", false),
        (Kind::Struct, "owner", false),
        (Kind::DeclTag, "tag", true),
        (Kind::TypeTag, "user", true),
    ];
    assert_eq!(kinds, expected);
    let of_tag = minimal.find_by_name_kind("tag", Kind::DeclTag).unwrap();
    assert_eq!(of_tag.component_idx(), Some(0));
}

#[test]
fn an_int_of_any_size_is_written() {
    for size in [1, 16, 31, 32, 1 << 29, u32::MAX] {
        let mut builder = BtfBuilder::new(Endian::Little);
        let id = builder.int("int", size, 1);
        let bytes = builder.finish();
        let btf = Btf::parse(&bytes).unwrap();
        assert_eq!(btf.resolve_size(id), Some(size));
        let int = btf.type_by_id(id).unwrap().int().unwrap();
        let width = (u64::from(size) * 8).min(255);
        assert_eq!(
            (u64::from(int.bits), int.encoding, int.bit_offset),
            (width, 1, 0)
        );
    }
}
