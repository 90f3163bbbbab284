//! Numbers with a sign on some kernels, and none on others: only where it matters is it told.

use bpf_core_btf::object::Object;
use bpf_core_btf::{BtfBuilder, Endian, Int};

use crate::{changes, field};

/// A kernel whose numbers have the signs of the program, or the others.
fn kernel(is_other: bool) -> Vec<u8> {
    let mut btf = BtfBuilder::new(Endian::Little);
    let sign = |is_signed: bool| {
        if is_signed == is_other {
            0
        } else {
            Int::SIGNED
        }
    };
    let number = btf.int("number_t", 4, sign(true));
    let big = btf.int("big_t", 4, sign(false));
    let half = btf.int("half_t", 2, sign(true));
    let byte = btf.int("byte_t", 1, sign(true));
    let wide = btf.int("wide_t", 8, sign(true));
    let mut at = 0;
    let members = [
        field("wide", wide, &mut at, 64),
        field("number", number, &mut at, 32),
        field("big", big, &mut at, 32),
        field("half", half, &mut at, 16),
        field("byte", byte, &mut at, 16),
    ];
    btf.structure("counts", at / 8, &members);
    btf.finish()
}

#[test]
fn a_sign_is_of_interest_where_it_decides() {
    let objects: [(&str, &[u8]); 3] = [
        ("v2", include_bytes!("sign.v2.bpf.o")),
        ("v3", include_bytes!("sign.v3.bpf.o")),
        ("v4", include_bytes!("sign.v4.bpf.o")),
    ];
    for (version, bytes) in objects {
        let object = Object::parse(bytes).unwrap();
        let names = object.programs().map(|program| program.name.to_owned());
        let bad: Vec<String> = names.filter(|name| name.starts_with("bad_")).collect();
        let found = changes(bytes, &kernel(true));
        let mut programs: Vec<String> = found.iter().map(|(program, _)| program.clone()).collect();
        programs.dedup();
        assert_eq!(programs, bad, "{version}");
        for (program, has) in &found {
            let is_big = has
                == "`big_t`, which may be negative, and the program takes it for a large number then";
            let is_signed = has.ends_with("`, which has no sign, and the program uses one");
            assert!(is_big || is_signed, "{version} {program}: {has}");
        }
        assert_eq!(changes(bytes, &kernel(false)), [], "{version}");
    }
}
