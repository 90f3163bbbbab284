//! What a program needs of a kernel beside types, and which of Debian's kernels lack it: hooks, helpers,
//! kfuncs, types of maps and programs.

mod allowed;
mod arguments;
mod features;
mod hooks;
mod kfuncs;
mod loaders;
mod modules;
mod poison;
mod registers;
mod struct_ops;
mod targets;

use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet};
use bpf_core_portability::{Loader, Report, Rule, Verdict, check};

/// Judges an object on all of Debian's kernels.
fn judge(object: &[u8]) -> Report {
    judge_with(object, "libbpf 1.7")
}

fn judge_with(object: &[u8], loader: &str) -> Report {
    judge_on(object, loader, |_| true)
}

/// Judges an object on the kernels that attach programs to functions: arm64 has learned that late. Other
/// architectures differ in what they are configured with.
fn judge_attached(object: &[u8]) -> Report {
    judge_on(object, "libbpf 1.7", |kernel| {
        matches!(kernel.architecture.as_str(), "amd64" | "arm64") && !is_early_arm64(kernel)
    })
}

fn is_early_arm64(kernel: &Kernel) -> bool {
    kernel.architecture == "arm64" && before(6, 4)(kernel)
}

fn judge_on(object: &[u8], loader: &str, is_judged: impl Fn(&Kernel) -> bool) -> Report {
    judge_by(object, &loader.parse().unwrap(), is_judged)
}

fn judge_by(object: &[u8], loader: &Loader, is_judged: impl Fn(&Kernel) -> bool) -> Report {
    let object = Object::parse(object).unwrap();
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let kernels = catalogue.kernels().iter().enumerate();
    let kernels = kernels.filter(|(_, kernel)| is_judged(kernel));
    let kernels: KernelSet = kernels.map(|(number, _)| number).collect();
    check(&object, &catalogue, &kernels, loader).unwrap()
}

/// A program works on the kernels of which `works` is true, and on the rest it is `else_`, for one finding.
#[track_caller]
fn works_on(
    report: &Report,
    program: &str,
    works: impl Fn(&Kernel) -> bool,
    (else_, rule, subject): (Verdict, Rule, &str),
) {
    let number = report.programs.iter().position(|one| one.name == program);
    let number = number.unwrap_or_else(|| panic!("no program `{program}`"));
    for kernel in report.judged.iter() {
        let it = &report.kernels[kernel];
        let expected = if works(it) { Verdict::Works } else { else_ };
        let verdict = report.programs[number].on(kernel);
        assert_eq!(verdict, Some(expected), "{program} on {it}");
        let about = report.findings.iter().filter(|finding| {
            finding.program.is_none_or(|other| other == number)
                && finding.kernels().contains(kernel)
        });
        let found: Vec<_> = about
            .map(|finding| (finding.rule, finding.subject.as_str()))
            .collect();
        let expected = if works(it) {
            vec![]
        } else {
            vec![(rule, subject)]
        };
        assert_eq!(found, expected, "{program} on {it}");
    }
}

/// A program works on all kernels.
#[track_caller]
fn works_everywhere(report: &Report, program: &str) {
    let none = (Verdict::Works, Rule::AbsentHook, "");
    works_on(report, program, |_| true, none);
}

/// Upstream's version, of which Debian's kernels are.
fn since(major: u32, minor: u32) -> impl Fn(&Kernel) -> bool {
    move |kernel| kernel.numbers() >= [major, minor, 0]
}

fn before(major: u32, minor: u32) -> impl Fn(&Kernel) -> bool {
    move |kernel| kernel.numbers() < [major, minor, 0]
}
