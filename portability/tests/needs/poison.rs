//! Objects that a loader has changed: what it wrote where its kernel had no answer.

use bpf_core_btf::insn::Insn;
use bpf_core_btf::object::Object;
use bpf_core_btf::{Endian, POISON};
use bpf_core_portability::{Rule, Verdict};

use crate::{before, judge, works_on};

#[test]
fn a_call_of_no_helper_is_a_poison() {
    let report = judge(include_bytes!("poison.bpf.o"));
    for (program, subject) in [
        ("record", "the poison of a CO-RE relocation"),
        ("map", "the poison of a map"),
        ("kfunc", "the poison of a kfunc"),
        ("no_poison", "helper 195896081"),
    ] {
        let refused = (Verdict::Refused, Rule::UnknownHelper, subject);
        works_on(&report, program, |_| false, refused);
    }
}

#[test]
fn a_poisoned_record_has_its_name() {
    let mut bytes = include_bytes!("weak.bpf.o").to_vec();
    let object = Object::parse(&bytes).unwrap();
    let ext = object.btf_ext().unwrap().unwrap();
    let (place, _) = object.records(&ext).next().unwrap();
    let code = object.sections()[place.section].data;
    let start = code.as_ptr() as usize - bytes.as_ptr() as usize + place.at as usize;
    let poison = Insn {
        code: 0x85,
        dst: 0,
        src: 0,
        off: 0,
        imm: POISON.into(),
    };
    bytes[start..start + 8].copy_from_slice(&poison.encode(Endian::Little));
    let report = judge(&bytes);
    let subject = "struct task_struct.state";
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|one| (one.rule, one.subject.as_str()))
        .collect();
    // Once where the field is, once where it is not: never as a helper.
    assert_eq!(
        found,
        [
            (Rule::AbsentField, subject),
            (Rule::InvalidRelocation, subject)
        ]
    );
    let [case] = &report.findings[1].cases[..] else {
        panic!("{:?}", report.findings[1]);
    };
    assert_eq!(
        case.has,
        "instruction is the poison of a loader, which has relocated the object for another kernel"
    );
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        assert_eq!(case.kernels.contains(kernel), before(5, 14)(it), "{it}");
        assert_eq!(
            report.programs[0].on(kernel),
            Some(Verdict::Refused),
            "{it}"
        );
    }
}
