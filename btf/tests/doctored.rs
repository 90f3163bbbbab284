//! Targets made by hand for what no kernel at hand has: modules, big endian, twins.

use bpf_core_btf::{
    Btf, BtfBuilder, CoreRelo, CoreReloKind, Endian, Enumerator, Fault, Kind, Member, Mismatch,
    Resolution, ResolveError, Resolver, TypeId, Width, minimize,
};

fn field(name: &str, type_id: TypeId, bit_offset: u32) -> Member<'_> {
    Member {
        name,
        type_id,
        bit_offset,
        bitfield_size: 0,
    }
}

/// `struct thing { int first; int second; }`, with an enum and a flavoured struct besides.
fn local() -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let members = [field("first", int, 0), field("second", int, 32)];
    builder.structure("thing", 8, &members);
    builder.structure("thing___other", 8, &members);
    builder.finish()
}

const THING: TypeId = TypeId(2);
const OTHER_THING: TypeId = TypeId(3);

fn ask<'b>(
    resolver: &mut Resolver<'b>,
    type_id: TypeId,
    access: &'b str,
    kind: CoreReloKind,
) -> Result<Resolution<'b>, ResolveError> {
    resolver.resolve(&CoreRelo {
        insn_off: 0,
        type_id,
        access,
        kind,
    })
}

#[test]
fn modules_are_asked_only_where_the_kernel_has_no_candidate() {
    let local = local();
    let local = Btf::parse(&local).unwrap();
    let kernel = {
        let mut builder = BtfBuilder::new(Endian::Little);
        builder.int("int", 4, 1);
        builder.finish()
    };
    let kernel = Btf::parse(&kernel).unwrap();
    let module = {
        let mut builder = BtfBuilder::split(&kernel);
        let int = TypeId(1);
        builder.structure(
            "thing",
            8,
            &[field("second", int, 0), field("first", int, 32)],
        );
        builder.finish()
    };
    let module = Btf::parse_split(&module, &kernel).unwrap();
    assert_eq!(
        module.find_by_name_kind("int", Kind::Int).unwrap().id(),
        TypeId(1)
    );

    let mut alone = Resolver::new(&local, &kernel);
    let missing = ask(&mut alone, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!((missing.value, missing.target.is_none()), (None, true));

    let mut resolver = Resolver::new(&local, &kernel);
    resolver.add_module(&module);
    let found = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!(found.value, Some(4));
    assert_eq!(found.target.as_ref().unwrap().target, 1);
    assert_eq!(found.target.as_ref().unwrap().spec.root, TypeId(2));

    // A minimal BTF stands alone: it takes in what it uses of the base.
    let minimal = minimize(Endian::Little, &[&kernel, &module], found.uses().to_vec());
    let minimal = Btf::parse(&minimal).unwrap();
    let mut resolver = Resolver::new(&local, &minimal);
    let again = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!(again.value, Some(4));

    // With a candidate in the kernel, be it of no use, the module's does not count.
    let kernel_with_one = {
        let mut builder = BtfBuilder::new(Endian::Little);
        builder.structure("thing", 1, &[]);
        builder.finish()
    };
    let kernel_with_one = Btf::parse(&kernel_with_one).unwrap();
    let mut resolver = Resolver::new(&local, &kernel_with_one);
    resolver.add_module(&module);
    let missing = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!(missing.value, None);
    let why = Mismatch::NoField {
        field: "first".into(),
        of: "[1] struct thing".into(),
    };
    assert_eq!(missing.rejected[0].why, why);
}

/// Two layouts of one name: `first` at 0 and 32, `only` in the second, `second` at one place.
fn twins() -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    builder.structure(
        "thing",
        8,
        &[field("first", int, 0), field("second", int, 64)],
    );
    builder.structure(
        "thing",
        8,
        &[field("first", int, 32), field("only", int, 0)],
    );
    builder.finish()
}

#[test]
fn twins_are_ambiguous_until_a_record_tells_them_apart() {
    let local = local();
    let local = Btf::parse(&local).unwrap();
    let target = twins();
    let target = Btf::parse(&target).unwrap();

    let mut resolver = Resolver::new(&local, &target);
    let error = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap_err();
    assert_eq!(
        error.fault,
        Fault::OffsetAmbiguity {
            first: "<byte_off> [2] struct thing.first (0:0 @ offset 0)".into(),
            second: "<byte_off> [3] struct thing.first (0:0 @ offset 4)".into(),
        }
    );
    // `second` is in one of them only: from then on the other is not a candidate.
    let second = ask(&mut resolver, THING, "0:1", CoreReloKind::ByteOff).unwrap();
    assert_eq!(second.value, Some(8));
    let first = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!(first.value, Some(0));
    // The list is of one local type: its flavour has one of its own.
    let error = ask(&mut resolver, OTHER_THING, "0:0", CoreReloKind::ByteOff).unwrap_err();
    assert!(matches!(error.fault, Fault::OffsetAmbiguity { .. }));
}

#[test]
fn twins_of_one_offset_may_differ_in_size() {
    let local = local();
    let local = Btf::parse(&local).unwrap();
    let target = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let long = builder.int("long", 8, 1);
        builder.structure("thing", 8, &[field("first", int, 0)]);
        builder.structure("thing___b", 8, &[field("first", long, 0)]);
        builder.finish()
    };
    let target = Btf::parse(&target).unwrap();
    let mut resolver = Resolver::new(&local, &target);
    let offset = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteOff).unwrap();
    assert_eq!((offset.value, offset.width), (Some(0), Width::Same));
    let error = ask(&mut resolver, THING, "0:0", CoreReloKind::ByteSz).unwrap_err();
    assert_eq!(
        error.to_string(),
        "<byte_sz> [2] struct thing (0:0): two target types match with different values: \
         <byte_sz> [3] struct thing.first (0:0 @ offset 0) gives 4, \
         <byte_sz> [4] struct thing___b.first (0:0 @ offset 0) gives 8"
    );
}

#[test]
fn anonymous_root_has_nothing_to_be_found_by() {
    let local = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        builder.structure("", 4, &[field("x", int, 0)]);
        builder.finish()
    };
    let local = Btf::parse(&local).unwrap();
    let mut resolver = Resolver::new(&local, &local);
    let error = ask(&mut resolver, TypeId(2), "0:0", CoreReloKind::FieldExists).unwrap_err();
    assert_eq!(error.fault, Fault::AnonymousRoot);
    let id = ask(&mut resolver, TypeId(2), "0", CoreReloKind::TypeIdLocal).unwrap();
    assert_eq!(id.value, Some(2));
}

/// A field of 5 bits that starts 3 bits into the struct, counted from the top where the byte
/// order is big: the shifts of `bpf_core_calc_field_relo` in either order.
#[test]
fn bit_fields_in_both_byte_orders() {
    for (endian, lshift) in [(Endian::Little, 64 - 8), (Endian::Big, 32 + 3)] {
        let blob = {
            let mut builder = BtfBuilder::new(endian);
            let int = builder.int("unsigned int", 4, 0);
            let bits = Member {
                bitfield_size: 5,
                ..field("bits", int, 3)
            };
            builder.structure("thing", 4, &[bits]);
            builder.finish()
        };
        let btf = Btf::parse(&blob).unwrap();
        assert_eq!(btf.endian(), endian);
        let mut resolver = Resolver::new(&btf, &btf);
        for (kind, value) in [
            (CoreReloKind::ByteOff, 0),
            (CoreReloKind::ByteSz, 4),
            (CoreReloKind::LshiftU64, lshift),
            (CoreReloKind::RshiftU64, 59),
            (CoreReloKind::Signed, 0),
        ] {
            let resolution = ask(&mut resolver, TypeId(2), "0:0", kind).unwrap();
            assert_eq!(resolution.value, Some(value), "{kind} {endian:?}");
        }
    }
}

#[test]
fn bit_field_over_nine_bytes() {
    let blob = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let long = builder.int("unsigned long", 8, 0);
        let bits = Member {
            bitfield_size: 60,
            ..field("bits", long, 5)
        };
        builder.structure("thing", 16, &[bits]);
        builder.finish()
    };
    let btf = Btf::parse(&blob).unwrap();
    let mut resolver = Resolver::new(&btf, &btf);
    let error = ask(&mut resolver, TypeId(2), "0:0", CoreReloKind::ByteOff).unwrap_err();
    assert_eq!(error.fault, Fault::BitfieldTooWide);
}

/// An array without length is flexible only as the last member; a minimal BTF must not make it so
/// by leaving out what follows.
#[test]
fn minimal_btf_does_not_make_arrays_flexible() {
    let empty = |builder: &mut BtfBuilder, element| {
        let index_type = element;
        builder.array(bpf_core_btf::Array {
            element,
            index_type,
            nelems: 0,
        })
    };
    let local = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let none = empty(&mut builder, int);
        builder.structure("thing", 4, &[field("none", none, 0)]);
        builder.finish()
    };
    let local = Btf::parse(&local).unwrap();
    let target = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let none = empty(&mut builder, int);
        let members = [
            field("none", none, 0),
            field("middle", int, 0),
            field("last", int, 32),
        ];
        builder.structure("thing", 8, &members);
        builder.finish()
    };
    let target = Btf::parse(&target).unwrap();
    let mut resolver = Resolver::new(&local, &target);
    let array = ask(&mut resolver, THING_OF_ARRAY, "0:0", CoreReloKind::ByteOff).unwrap();
    let element = ask(
        &mut resolver,
        THING_OF_ARRAY,
        "0:0:1",
        CoreReloKind::ByteOff,
    )
    .unwrap();
    assert_eq!((array.value, element.value), (Some(0), None));
    let why = Mismatch::OutOfBounds {
        index: 1,
        nelems: 0,
    };
    assert_eq!(element.rejected[0].why, why);

    let minimal = minimize(
        Endian::Little,
        &[&target],
        [array.uses(), element.uses()].concat(),
    );
    let minimal = Btf::parse(&minimal).unwrap();
    let mut resolver = Resolver::new(&local, &minimal);
    let element = ask(
        &mut resolver,
        THING_OF_ARRAY,
        "0:0:1",
        CoreReloKind::ByteOff,
    )
    .unwrap();
    assert_eq!(element.value, None);
    let kept = minimal.find_by_name_kind("thing", Kind::Struct).unwrap();
    assert_eq!(
        kept.members().map(|member| member.name).collect::<Vec<_>>(),
        ["none", "last"]
    );
}

const THING_OF_ARRAY: TypeId = TypeId(3);

#[test]
fn readable_paths() {
    let blob = {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let anonymous = builder.structure("", 4, &[field("x", int, 0)]);
        let array = builder.array(bpf_core_btf::Array {
            element: anonymous,
            index_type: int,
            nelems: 3,
        });
        builder.structure(
            "thing",
            20,
            &[field("", anonymous, 0), field("list", array, 32)],
        );
        builder.enumeration(
            "color",
            4,
            true,
            &[Enumerator {
                name: "RED",
                value: 1,
            }],
        );
        builder.finish()
    };
    let btf = Btf::parse(&blob).unwrap();
    let mut resolver = Resolver::new(&btf, &btf);
    for (id, access, kind, path, libbpf) in [
        (
            4,
            "0:0:0",
            CoreReloKind::ByteOff,
            "struct thing.x (0:0:0)",
            "x (0:0:0 @ offset 0)",
        ),
        (
            4,
            "1:1:2:0",
            CoreReloKind::ByteSz,
            "struct thing[1].list[2].x (1:1:2:0)",
            "[1].list[2].x (1:1:2:0 @ offset 32)",
        ),
        (
            5,
            "0",
            CoreReloKind::EnumvalValue,
            "enum color::RED (0)",
            "<enumval_value> [5] enum color::RED = 1",
        ),
        (
            4,
            "0",
            CoreReloKind::TypeSize,
            "struct thing",
            "<type_size> [4] struct thing",
        ),
    ] {
        let resolution = ask(&mut resolver, TypeId(id), access, kind).unwrap();
        assert_eq!(resolution.local.path(), path);
        assert!(
            resolution.local.to_string().ends_with(libbpf),
            "{}",
            resolution.local
        );
    }
}
