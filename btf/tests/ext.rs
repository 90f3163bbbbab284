//! `.BTF.ext` of an object that clang made: see `fixtures/kinds.bpf.c` for the lines.

use bpf_core_btf::CoreReloKind;
use bpf_core_btf::object::Object;

const KINDS: &[u8] = include_bytes!("fixtures/kinds.bpf.o");

#[test]
fn records_of_every_section() {
    let object = Object::parse(KINDS).unwrap();
    let ext = object.btf_ext().unwrap().unwrap();

    let btf = object.btf().unwrap();
    let count: Vec<_> = ext
        .core_relos()
        .iter()
        .map(|relos| (relos.name, relos.records.len()))
        .collect();
    let expected = [
        ("raw_tp/fields", 53),
        ("raw_tp/bits", 18),
        ("tp_btf/loads", 14),
        ("raw_tp/types", 33),
        ("raw_tp/enums", 12),
    ];
    assert_eq!(count, expected);

    let kinds: std::collections::HashSet<_> = ext
        .core_relos()
        .iter()
        .flat_map(|relos| &relos.records)
        .map(|relo| relo.kind)
        .collect();
    assert_eq!(kinds.len(), CoreReloKind::ALL.len());

    let first = ext.core_relos()[0].records[0];
    assert_eq!(
        (first.insn_off, first.access, first.kind),
        (0, "0:0", CoreReloKind::ByteOff)
    );
    assert_eq!(btf.type_by_id(first.type_id).unwrap().name(), "outer");

    for (name, function) in [("raw_tp/fields", "fields"), ("tp_btf/loads", "loads")] {
        let func = ext.func_at(name, 80).unwrap();
        assert_eq!(btf.type_by_id(func.type_id).unwrap().name(), function);
    }
    assert_eq!(ext.func_at("raw_tp/none", 0), None);
}

/// A line belongs to all instructions up to the next record.
#[test]
fn lines_of_instructions() {
    let object = Object::parse(KINDS).unwrap();
    let ext = object.btf_ext().unwrap().unwrap();
    let source = include_str!("fixtures/kinds.bpf.c");
    for relos in ext.core_relos() {
        for relo in &relos.records {
            let line = ext.line_at(relos.name, relo.insn_off).unwrap();
            assert!(line.file.ends_with("kinds.bpf.c"), "{}", line.file);
            assert_eq!(
                source.lines().nth(line.line as usize - 1).unwrap(),
                line.text
            );
            assert!(line.column as usize <= line.text.len());
        }
    }
    let lines = ext
        .line_info()
        .iter()
        .find(|lines| lines.name == "raw_tp/fields")
        .unwrap();
    let [first, second, ..] = lines.records[..] else {
        panic!("two lines")
    };
    for insn_off in (first.insn_off..second.insn_off).step_by(8) {
        assert_eq!(ext.line_at("raw_tp/fields", insn_off), Some(first));
    }
}
