//! An object that names registers is judged where they are.

use crate::{judge, works_everywhere};

#[test]
fn an_object_of_one_architecture_is_judged_there() {
    let objects: [(&[u8], _, _); 2] = [
        (include_bytes!("registers.bpf.o"), "of_one", "amd64"),
        (include_bytes!("registers.bpfeb.o"), "of_s390", "s390x"),
    ];
    for (object, program, architecture) in objects {
        let report = judge(object);
        let all = report.kernels.len();
        assert!(!report.judged.is_empty() && report.judged.len() < all);
        for kernel in report.judged.iter() {
            assert_eq!(report.kernels[kernel].architecture, architecture);
        }
        works_everywhere(&report, program);
    }
}

#[test]
fn an_object_that_asks_for_its_architecture_is_judged_everywhere() {
    let report = judge(include_bytes!("both_registers.bpf.o"));
    assert_eq!(report.judged.len(), report.kernels.len());
    works_everywhere(&report, "of_both");
}
