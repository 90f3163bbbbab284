//! Reads good and malformed descriptors.

use super::*;
use crate::ask::request::Int;

fn member(name: &str, of: Type) -> Step {
    Step::Member(name.to_owned(), of)
}

fn record(name: &str) -> Record {
    Record {
        name: name.to_owned(),
        union: false,
        typedef: false,
    }
}

#[test]
fn members_of_nested_structs() {
    let request = parse("byte_off struct task_struct.se:struct sched_entity.vruntime:u64");
    let path = vec![
        member("se", Type::Record(record("sched_entity"))),
        member("vruntime", Type::Int(Int::Unsigned(64))),
    ];
    let root = record("task_struct");
    assert_eq!(
        request,
        Ok(Request::Field {
            ask: FieldAsk::ByteOffset,
            root,
            path
        })
    );
}

#[test]
fn elements_of_arrays_of_arrays() {
    let request = parse("field_exists union u.a:[2][0]u8[1][7]");
    let inner = Type::Array(0, Box::new(Type::Int(Int::Unsigned(8))));
    let path = vec![
        member("a", Type::Array(2, Box::new(inner))),
        Step::Element(1),
        Step::Element(7),
    ];
    let root = Record {
        union: true,
        ..record("u")
    };
    assert_eq!(
        request,
        Ok(Request::Field {
            ask: FieldAsk::Exists,
            root,
            path
        })
    );
}

#[test]
fn a_pointer_keeps_the_name_of_a_record_only() {
    let ends = [
        ("*struct b", Type::PointerTo(record("b"))),
        ("**struct b", Type::Pointer),
        ("*void", Type::Pointer),
        ("*typedef struct b", Type::Pointer),
        ("*[4]u8", Type::Pointer),
    ];
    for (text, of) in ends {
        let Ok(Request::Field { path, .. }) = parse(&format!("byte_off struct a.p:{text}")) else {
            panic!("{text}")
        };
        assert_eq!(path, [member("p", of)], "{text}");
    }
}

#[test]
fn types_and_enumerators() {
    let of = Record {
        typedef: true,
        ..record("atomic_t")
    };
    assert_eq!(
        parse("type_size typedef struct atomic_t"),
        Ok(Request::Type {
            ask: TypeAsk::Size,
            of: Named::Record(of)
        })
    );
    let of = Enum {
        name: "e".to_owned(),
        holder: Int::Signed(32),
    };
    for (text, value) in [("7", 7), ("-1", -1), ("18446744073709551615", -1)] {
        assert_eq!(
            parse(&format!("enumval_value enum e/i32.A={text}")),
            Ok(Request::Enumerator {
                ask: EnumeratorAsk::Value,
                of: of.clone(),
                name: "A".to_owned(),
                value
            })
        );
    }
}

#[test]
fn every_kind_has_its_name() {
    for (word, ask) in &KINDS {
        let tail = match ask {
            Ask::Field(_) => "struct s.x:u32",
            Ask::Type(_) => "struct s",
            Ask::Enumerator(_) => "enum e/u32.A=1",
        };
        assert!(parse(&format!("{word}{tail}")).is_ok(), "{word}");
    }
}

#[test]
fn what_is_refused() {
    let cases = [
        ("", "unknown relocation kind at byte 0"),
        ("byte_off", "unknown relocation kind at byte 0"),
        (
            "byte_off u32",
            "a relocation begins at a struct, a union or an enum at byte 12",
        ),
        (
            "byte_off *struct a",
            "a relocation begins at a struct, a union or an enum at byte 18",
        ),
        ("byte_off struct a", "missing member at byte 17"),
        ("byte_off struct a.", "expected a name at byte 18"),
        ("byte_off struct a.9:u8", "expected a name at byte 18"),
        (
            "byte_off struct a.x",
            "missing type of the member at byte 19",
        ),
        ("byte_off struct a.x:", "unknown type at byte 20"),
        ("byte_off struct a.x:u7", "unknown type at byte 20"),
        (
            "byte_off struct a.x:void",
            "`void` is no type of a value at byte 24",
        ),
        ("byte_off struct a.x:u8 ", "expected `.` or `[` at byte 22"),
        (
            "byte_off struct a.x:*struct b.y:u8",
            "only a struct or a union by value has members at byte 30",
        ),
        (
            "byte_off struct a.x:u8[0]",
            "only an array has elements at byte 23",
        ),
        (
            "byte_off struct a[0]",
            "only an array has elements at byte 18",
        ),
        (
            "byte_off struct a.x:[2]u8[2]",
            "element behind the end of the array at byte 28",
        ),
        (
            "byte_off struct a.x:[0]u64[4294967295]",
            "element too far away at byte 38",
        ),
        (
            "byte_off struct a.x:[4294967295]u128",
            "array too large at byte 36",
        ),
        (
            "byte_off struct a.x:[99999999999]u8",
            "number too large at byte 32",
        ),
        ("byte_off struct a.x:[2u8", "missing `]` at byte 22"),
        (
            "byte_off enum e/u32.A=1",
            "an enum has no members at byte 19",
        ),
        (
            "enumval_value struct a.A=1",
            "a record has no enumerators at byte 22",
        ),
        ("enumval_value enum e/u32", "missing enumerator at byte 24"),
        (
            "enumval_value enum e/u32.A",
            "missing value of the enumerator at byte 26",
        ),
        (
            "enumval_value enum e/u32.A=-9223372036854775809",
            "number too large at byte 47",
        ),
        (
            "enumval_value enum e/u128.A=1",
            "an enum is held by an integer of at most 64 bits at byte 25",
        ),
        ("type_exists struct a.x:u8", "unexpected text at byte 20"),
        (
            "type_exists typedef u8",
            "expected `struct` or `union` at byte 20",
        ),
        (
            "signed struct a.x:*u8",
            "only an integer or an enum has a sign at byte 21",
        ),
        (
            "lshift_u64 struct a.x:u128",
            "only what fits in 64 bits can be shifted at byte 26",
        ),
        (
            "rshift_u64 struct a.x:struct b",
            "only what fits in 64 bits can be shifted at byte 30",
        ),
    ];
    for (text, message) in cases {
        match parse(text) {
            Err(malformed) => assert_eq!(malformed.to_string(), message, "{text}"),
            Ok(request) => panic!("{text}: {request:?}"),
        }
    }
    let deep = format!("byte_off struct a.x:{}u8", "*".repeat(1 << 20));
    assert_eq!(
        parse(&deep).map_err(|malformed| malformed.what),
        Err("type nested too deep")
    );
}
