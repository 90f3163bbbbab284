//! What the running kernel's verifier says of programs, beside what `bpf-core-portability` says of a kernel
//! with these types.

use std::io::{Write as _, stderr};
use std::process::Command;

use bpf_core_btf::Btf;
use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, Writer};
use bpf_core_portability::{Effect, Loader, Rule, check};

const OBJECT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../portability/tests/reach/reach.bpf.o"
);

/// Programs with more steps than are followed one by one: there, nothing is claimed.
const TOO_LONG: &[&str] = &["behind_long_loop"];

/// Names of programs, and whether the verifier came to a record without an answer. `None` if this
/// process may not load programs.
fn verifier() -> Option<Vec<(String, bool)>> {
    let output = Command::new(env!("VERIFY")).arg(OBJECT).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let lines = output.lines().map(|line| {
        let [name, verdict, reached] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        (name.to_owned(), verdict == "ok", reached == "reached")
    });
    let lines: Vec<_> = lines.collect();
    let may_load = lines.iter().any(|(_, is_loaded, _)| *is_loaded);
    may_load.then(|| {
        lines
            .into_iter()
            .map(|(name, _, is_reached)| (name, is_reached))
            .collect()
    })
}

#[test]
fn the_running_kernel_comes_where_it_is_said_to() {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let vmlinux = std::fs::read("/sys/kernel/btf/vmlinux").ok();
    let Some((vmlinux, verified)) = vmlinux.zip(verifier()) else {
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(
            stderr(),
            "LEFT OUT: the running kernel's verifier: it needs root, and a kernel with BTF"
        );
        return;
    };
    let mut writer = Writer::new();
    let btf = Btf::parse(&vmlinux).unwrap();
    writer
        .add(Kernel::new(release.trim(), "amd64"), &btf, &[])
        .unwrap();
    let file = writer.finish(|block| {
        ruzstd::encoding::compress_to_vec(block, ruzstd::encoding::CompressionLevel::Fastest)
    });
    let catalogue = Catalogue::open(&file).unwrap();
    let bytes = std::fs::read(OBJECT).unwrap();
    let object = Object::parse(&bytes).unwrap();
    let only = KernelSet::first(1);
    let report = check(&object, &catalogue, &only, &Loader::default()).unwrap();
    for (number, (name, is_reached)) in verified.into_iter().enumerate() {
        assert_eq!(report.programs[number].name, name);
        let is_said = report.findings.iter().any(|finding| {
            finding.rule == Rule::AbsentField
                && finding.program == Some(number)
                && finding.cases[0].effect == Effect::Refused
        });
        if !TOO_LONG.contains(&name.as_str()) {
            assert_eq!(is_said, is_reached, "{name}");
        }
    }
}
