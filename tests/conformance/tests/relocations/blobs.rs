//! BTF that no compiler writes from C alone: encodings, headers, tags, pointers of another size.

use bpf_core_btf::CoreReloKind::{ByteOff, ByteSz, FieldExists, TypeSize};
use bpf_core_btf::{BtfBuilder, Endian, Kind, Member, TypeId};
use bpf_core_conformance::case::{Case, EINVAL, Source};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, Width, load, mov};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = strings();
    cases.extend(headers());
    cases.extend(tags());
    cases.extend(pointers());
    cases
}

fn member(name: &str, type_id: TypeId, bit_offset: u32) -> Member<'_> {
    Member {
        name,
        type_id,
        bit_offset,
        bitfield_size: 0,
    }
}

/// `struct s { int a; int b; }` as type 3, behind a struct whose name has this place in the blob.
fn pair(other: &str) -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    builder.structure(other, 4, &[]);
    builder.structure("s", 8, &[member("a", int, 0), member("b", int, 32)]);
    builder.finish()
}

/// The same with one byte of it changed.
fn changed(mut blob: Vec<u8>, find: &[u8], put: &[u8]) -> Vec<u8> {
    let at = blob.windows(find.len()).position(|here| here == find);
    let at = at.expect("the bytes to change");
    blob[at..at + put.len()].copy_from_slice(put);
    blob
}

fn strings() -> Vec<Case> {
    fn latin1() -> Vec<u8> {
        changed(pair("cafe"), b"cafe", b"caf\xe9")
    }
    /// The name of `a` ends where it begins.
    fn no_letters() -> Vec<u8> {
        changed(pair("t"), b"\0a\0", b"\0\0\0")
    }
    vec![
        Case::new("Latin-1 in front of the names that are used")
            .local(Source::Btf(latin1))
            .target("struct s { long x; int b; int a; };")
            .asks(ByteOff, "#3", "0:1", mov(4))
            .gives(8),
        Case::new("Latin-1 in the kernel")
            .local("struct s { int b; };")
            .target(Source::Btf(latin1))
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .gives(4),
        Case::new("a member with a name of no letters")
            .local(Source::Btf(no_letters))
            .target("struct s { int a; int b; };")
            .asks(FieldExists, "#3", "0:0", mov(1))
            .refuses(EINVAL)
            .aya(&differences::EMPTY_NAMES, Outcome::Value(0)),
        Case::new("a member beside one with a name of no letters")
            .local(Source::Btf(no_letters))
            .target("struct s { int a; int b; };")
            .asks(FieldExists, "#3", "0:1", mov(1))
            .gives(1),
        Case::new("a member with a name of no letters in the kernel")
            .local("struct s { int b; };")
            .target(Source::Btf(no_letters))
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .gives(4),
    ]
}

/// `struct btf_header` of 32 bytes, the last of which are these.
fn longer_header(layout: [u32; 2]) -> Vec<u8> {
    let mut blob = pair("t");
    blob[4..8].copy_from_slice(&32_u32.to_le_bytes());
    let rest = blob.split_off(24);
    blob.extend(layout.into_iter().flat_map(u32::to_le_bytes));
    blob.extend(rest);
    blob
}

fn headers() -> Vec<Case> {
    fn zeros() -> Vec<u8> {
        longer_header([0, 0])
    }
    fn offset_of_nothing() -> Vec<u8> {
        longer_header([0x7fff_fff1, 0])
    }
    let header = |name, blob: fn() -> Vec<u8>| {
        Case::new(name)
            .local("struct s { int b; };")
            .target(Source::Btf(blob))
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .gives(4)
    };
    vec![
        header("a header with a layout of no bytes", zeros),
        header(
            "a header with a layout of no bytes, anywhere",
            offset_of_nothing,
        ),
    ]
}

/// `struct s { int b; TAG int a; }`, the tag being any attribute (`kind_flag`, Linux 6.16).
fn tagged(flag: u8) -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let tag = builder.reference(Kind::TypeTag, "address_space(1)", int);
    let members = [member("b", int, 0), member("a", tag, 32)];
    let owner = builder.structure("s", 8, &members);
    builder.decl_tag("preserve_static_offset", owner, -1);
    let mut blob = builder.finish();
    // Of each tag, the top bit of `info`.
    for at in (24..blob.len() - 8).step_by(4) {
        if matches!(blob[at..at + 4], [0, 0, 0, 17 | 18]) {
            blob[at + 3] |= flag << 7;
        }
    }
    blob
}

fn tags() -> Vec<Case> {
    fn plain() -> Vec<u8> {
        tagged(0)
    }
    fn attribute() -> Vec<u8> {
        tagged(1)
    }
    let tag = |name, blob: fn() -> Vec<u8>| {
        Case::new(name)
            .local("struct s { int a; };")
            .target(Source::Btf(blob))
            .asks(ByteOff, "struct s", "0:0", load(Width::U32, 0))
            .gives(4)
    };
    vec![
        tag("a field with a tag", plain),
        tag("a field with an attribute", attribute),
        Case::new("an attribute in the declaration")
            .local(Source::Btf(attribute))
            .target("struct s { int b; int c; int a; };")
            .asks(ByteOff, "#3", "0:1", load(Width::U32, 4))
            .gives(8),
    ]
}

/// A `long` of four bytes in the object's own types: they are for BPF all the same.
fn pointers() -> Vec<Case> {
    let pointer = |name, kind, root, access, was| {
        Case::new(name)
            .local("#pragma m32\nstruct s { long l; int *p; int *a[2]; }; typedef int *t;")
            .target("struct s { long l; int *p; int *a[2]; }; typedef int *t;")
            .asks(kind, root, access, mov(was))
            .gives(8)
    };
    vec![
        pointer("a pointer of 32 bits", ByteSz, "struct s", "0:1", 8),
        pointer("an array of such", ByteSz, "struct s", "0:2:1", 8),
        pointer("a type of such", TypeSize, "t", "0", 8),
        pointer("a step over one", ByteOff, "t", "1", 8),
    ]
}
