//! An object that names registers is judged where they are.

use bpf_core_catalogue::{Kernel, is_big_endian};
use bpf_core_portability::Rule;

use crate::{judge, judge_attached, works_everywhere};

#[test]
fn an_object_of_one_architecture_is_judged_there() {
    let objects: [(&[u8], _, _); 3] = [
        (include_bytes!("registers.bpf.o"), "of_one", "amd64"),
        (include_bytes!("registers.bpfeb.o"), "of_s390", "s390x"),
        (include_bytes!("plain_registers.bpf.o"), "of_one", "amd64"),
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
fn an_object_that_reads_no_register_is_judged_where_its_byte_order_is() {
    let report = judge(include_bytes!("opaque_registers.bpf.o"));
    for (at, kernel) in report.kernels.iter().enumerate() {
        let is_of_its_order = !is_big_endian(&kernel.architecture);
        assert_eq!(report.judged.contains(at), is_of_its_order, "{kernel}");
    }
}

#[test]
fn an_object_that_asks_for_its_architecture_is_judged_where_its_byte_order_is() {
    let report = judge(include_bytes!("both_registers.bpf.o"));
    let of_its_order = |kernel: &Kernel| !is_big_endian(&kernel.architecture);
    for (at, kernel) in report.kernels.iter().enumerate() {
        assert_eq!(report.judged.contains(at), of_its_order(kernel), "{kernel}");
    }
    works_everywhere(&report, "of_both");
}

/// Where an offset is another register on another architecture, the one is meant with which it is an argument.
#[test]
fn a_register_without_a_name_is_the_argument_that_there_is() {
    let report = judge_attached(include_bytes!("unnamed_registers.bpf.o"));
    works_everywhere(&report, "of_one");
    let arguments = report
        .findings
        .iter()
        .filter(|of| of.rule == Rule::MovedArgument);
    let subjects: Vec<&str> = arguments.map(|of| of.subject.as_str()).collect();
    assert!(
        subjects.contains(&"argument 2 of function tcp_connect"),
        "{subjects:?}"
    );
}
