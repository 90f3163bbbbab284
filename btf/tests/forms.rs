//! Forms of BTF that kernels of 6.16 and later write, each read as what it means.

use bpf_core_btf::{Btf, BtfBuilder, Endian, Enumerator, ErrorKind, Kind, TypeId};

const ENDIANS: [Endian; 2] = [Endian::Little, Endian::Big];

fn put(endian: Endian, bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..at + 4].copy_from_slice(&match endian {
        Endian::Little => word.to_le_bytes(),
        Endian::Big => word.to_be_bytes(),
    });
}

fn get(endian: Endian, bytes: &[u8], at: usize) -> u32 {
    let word: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
    match endian {
        Endian::Little => u32::from_le_bytes(word),
        Endian::Big => u32::from_be_bytes(word),
    }
}

/// Linux 7.2: 24 bits for the number of members, where there were 16.
#[test]
fn more_than_sixteen_bits_of_entries() {
    let names: Vec<String> = (0..70_000).map(|value| format!("value_{value}")).collect();
    let values: Vec<Enumerator<'_>> = names
        .iter()
        .zip(0..)
        .map(|(name, value)| Enumerator { name, value })
        .collect();
    for endian in ENDIANS {
        let mut builder = BtfBuilder::new(endian);
        builder.enumeration("large", 4, false, &values);
        builder.int("behind", 4, 0);
        let bytes = builder.finish();
        let btf = Btf::parse(&bytes).unwrap();
        let large = btf.find_by_name_kind("large", Kind::Enum).unwrap();
        assert_eq!(large.enumerators().len(), 70_000);
        let last = large.enumerators().last().map(|of| (of.name, of.value));
        assert_eq!(last, Some(("value_69999", 69_999)));
        assert!(btf.find_by_name_kind("behind", Kind::Int).is_some());
    }
}

/// Linux 6.16: a tag whose flag is set is an attribute of that name, and no `btf_type_tag`. The types
/// behind it are read as ever.
#[test]
fn flags_on_tags() {
    for endian in ENDIANS {
        let mut builder = BtfBuilder::new(endian);
        let int = builder.int("int", 4, 1);
        let tag = builder.reference(Kind::TypeTag, "address_space(1)", int);
        builder.ptr(tag);
        let mut bytes = builder.finish();
        // The header has 24 bytes, an integer 16; the second word of a type has its flag.
        let info = 24 + 16 + 4;
        let flagged = get(endian, &bytes, info) | 1 << 31;
        put(endian, &mut bytes, info, flagged);
        let btf = Btf::parse(&bytes).unwrap();
        let tag = btf.type_by_id(tag).unwrap();
        assert_eq!((tag.kind(), tag.kind_flag()), (Kind::TypeTag, true));
        assert_eq!(
            (tag.name(), tag.referenced()),
            ("address_space(1)", Some(int))
        );
        assert_eq!(btf.type_by_id(TypeId(3)).unwrap().kind(), Kind::Ptr);
    }
}

/// Split BTF with kinds of 7 bits that this crate does not know, as those of inlined functions: the layout
/// section of Linux 7.1 tells their sizes. Without it there is an error that names kind and type.
#[test]
fn unknown_kinds_in_split_btf() {
    const NEW_KIND: u32 = 70;
    for endian in ENDIANS {
        let mut builder = BtfBuilder::new(endian);
        let int = builder.int("int", 4, 1);
        let base = builder.finish();
        let base = Btf::parse(&base).unwrap();
        let mut builder = BtfBuilder::split(&base);
        builder.typedef("before", int);
        let plain = builder.finish();
        let types = get(endian, &plain, 12) as usize;
        let split = |has_layout: bool| {
            let mut bytes = plain[..24].to_vec();
            let layouts: Vec<u8> = if has_layout {
                let sizes = |kind| {
                    if kind == NEW_KIND {
                        [4, 8, 0, 0]
                    } else {
                        [0; 4]
                    }
                };
                (0..=NEW_KIND).flat_map(sizes).collect()
            } else {
                Vec::new()
            };
            // A fixed part of 4 bytes, and two entries of 8.
            let mut new = vec![0; 12 + 4 + 2 * 8];
            put(endian, &mut new, 4, NEW_KIND << 24 | 2);
            let type_len = types + new.len();
            bytes.extend([0; 8]);
            for (at, word) in [
                (4, 32),
                (12, type_len),
                (16, type_len + layouts.len()),
                (24, type_len),
                (28, layouts.len()),
            ] {
                put(endian, &mut bytes, at, word as u32);
            }
            bytes.extend(&plain[24..24 + types]);
            bytes.extend(new);
            bytes.extend(layouts);
            bytes.extend(&plain[24 + types..]);
            bytes
        };
        let bytes = split(true);
        let btf = Btf::parse_split(&bytes, &base).unwrap();
        let kinds: Vec<Kind> = btf.types().map(|ty| ty.kind()).collect();
        assert_eq!(kinds.last(), Some(&Kind::Other(NEW_KIND as u8)));
        assert!(btf.find_by_name_kind("before", Kind::Typedef).is_some());
        let error = Btf::parse_split(&split(false), &base).unwrap_err();
        let id = TypeId(3);
        assert_eq!(
            error.kind,
            ErrorKind::UnknownKind {
                kind: NEW_KIND as u8,
                id
            }
        );
    }
}

/// Linux 7.0 sorts named types by name, those without a name first.
#[test]
fn sorted_types_are_found() {
    for endian in ENDIANS {
        let mut builder = BtfBuilder::new(endian);
        let pointer_to_last = TypeId(4);
        builder.ptr(pointer_to_last);
        builder.int("a", 4, 0);
        builder.structure("m", 8, &[]);
        builder.typedef("z", TypeId(2));
        let bytes = builder.finish();
        let btf = Btf::parse(&bytes).unwrap();
        for (name, kind, id) in [
            ("a", Kind::Int, 2),
            ("m", Kind::Struct, 3),
            ("z", Kind::Typedef, 4),
        ] {
            let found = btf.find_by_name_kind(name, kind).map(|ty| ty.id());
            assert_eq!(found, Some(TypeId(id)), "{name}");
        }
        assert!(btf.find_by_name_kind("n", Kind::Struct).is_none());
    }
}
