//! `cargo corelint min-btf`, run as a program.

use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_core_btf::archive::{Archive, Uname};
use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, Kind, Resolver};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../btf/tests/fixtures");
const ATTACHED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../portability/tests/needs/arguments.bpf.o"
);

/// Runs the program in a folder; gives output, errors and exit code.
fn run(folder: &Path, words: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["corelint", "min-btf"])
        .args(words)
        .current_dir(folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

fn told(folder: &Path, words: &[&str]) -> String {
    let (out, errors, code) = run(folder, words);
    assert_eq!((errors.as_str(), code), ("", Some(0)), "{words:?}");
    out
}

#[track_caller]
fn refused(words: &[&str], expected: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, errors, code) = run(folder.path(), words);
    assert_eq!((out.as_str(), code), ("", Some(2)), "{words:?}: {errors}");
    assert!(errors.contains(expected), "{errors}");
    assert_eq!(
        fs::read_dir(folder.path()).expect("it").count(),
        0,
        "{words:?}"
    );
}

fn fixture(name: &str) -> String {
    format!("{FIXTURES}/{name}")
}

/// What the fixture's records come to by BTF: a value or none.
fn values(btf: &[u8]) -> Vec<Option<u64>> {
    let object = fs::read(fixture("kernel.bpf.o")).expect("a fixture");
    let object = Object::parse(&object).expect("an object");
    let ext = object.btf_ext().expect("BTF").expect("it");
    let target = Btf::parse(btf).expect("BTF");
    let mut resolver = Resolver::new(object.btf().expect("BTF"), &target);
    let records = ext.core_relos().iter().flat_map(|part| &part.records);
    let values = records.map(|relo| resolver.resolve(relo).expect("an answer").value);
    values.collect()
}

#[test]
fn an_archive_has_every_known_kernel() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let object = fixture("kernel.bpf.o");
    let out = told(folder, &[&object, "-o", "all.btfs"]);
    assert!(out.ends_with(" bytes: all.btfs\n"), "{out}");
    let file = fs::read(folder.join("all.btfs")).expect("the file");
    let archive = Archive::open(&file).expect("an archive");
    assert!(
        out.starts_with(&format!("{} kernels, ", archive.kernels().len())),
        "{out}"
    );
    assert!(archive.kernels().len() > 70);
    assert!(file.len() < 10_000, "{}", file.len());
    // What bpftool made of the whole BTF of these kernels.
    for (release, machine, theirs) in [
        (
            "5.10.0-32-cloud-amd64",
            "x86_64",
            "5.10.223-1-amd64-cloud.min.btf",
        ),
        (
            "6.12.117+deb13-cloud-arm64",
            "aarch64",
            "6.12.117-1-arm64-cloud.min.btf",
        ),
        (
            "7.3.4+deb13-cloud-amd64",
            "x86_64",
            "7.3.4-1-amd64-cloud.min.btf",
        ),
    ] {
        let running = Uname {
            release,
            version: "#1 SMP",
            machine,
        };
        let ours = archive.pick(&running).expect(release);
        let theirs = fs::read(fixture(theirs)).expect("a fixture");
        assert_eq!(values(ours), values(&theirs), "{release}");
    }
    assert_eq!(fs::read_dir(folder).expect("it").count(), 1);
}

#[test]
fn a_folder_has_a_file_for_each_kernel() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let object = fixture("kernel.bpf.o");
    told(
        folder,
        &[&object, "--kernels", "6.12,arm64,cloud", "-o", "few/"],
    );
    let files = fs::read_dir(folder.join("few")).expect("a folder");
    let mut names: Vec<String> = files
        .map(|file| file.expect("it").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(
        names.contains(&"6.12.117+deb13-cloud-arm64.btf".to_owned()),
        "{names:?}"
    );
    assert!(
        names.iter().all(|name| name.ends_with("-cloud-arm64.btf")),
        "{names:?}"
    );
}

#[test]
fn kernels_come_out_of_files_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let object = fixture("kernel.bpf.o");
    let kernel = folder.join("5.4.0-42-x86_64.btf");
    fs::copy(fixture("moved.btf"), &kernel).expect("a file");
    let out = told(
        folder,
        &[
            &object,
            "-o",
            "one.btfs",
            "--from",
            "5.4.0-42-x86_64.btf",
            "--format",
            "json",
        ],
    );
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(told["kernels"][0]["release"], "5.4.0-42-x86_64");
    assert_eq!(told["kernels"][0]["architecture"], "amd64");
    assert_eq!(told["different"], 1);
    let file = fs::read(folder.join("one.btfs")).expect("the file");
    let archive = Archive::open(&file).expect("an archive");
    let (_, btf) = archive.kernels().next().expect("a kernel");
    assert_eq!(values(btf), values(&fs::read(&kernel).expect("a file")));
}

/// aya looks up by name what a program is attached to.
#[test]
fn attach_targets_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let read = fixture("kernel.bpf.o");
    told(
        folder,
        &[
            &read,
            ATTACHED,
            "--kernels",
            "6.12.117-1,amd64,cloud",
            "-o",
            "one.btfs",
        ],
    );
    let file = fs::read(folder.join("one.btfs")).expect("the file");
    let archive = Archive::open(&file).expect("an archive");
    let (_, btf) = archive.kernels().next().expect("a kernel");
    let btf = Btf::parse(btf).expect("BTF");
    let object = fs::read(ATTACHED).expect("a fixture");
    let object = Object::parse(&object).expect("an object");
    let mut looked_up = 0;
    for program in object.programs() {
        let section = object.section_of(program).name;
        let found = match section.split_once('/') {
            Some(("tp_btf", name)) => {
                btf.find_by_name_kind(&format!("btf_trace_{name}"), Kind::Typedef)
            }
            Some(("fentry" | "fexit", name)) => btf.find_by_name_kind(name, Kind::Func),
            _ => continue,
        };
        assert!(found.is_some(), "{section}");
        looked_up += 1;
    }
    assert!(looked_up > 1);
}

#[test]
fn bad_input_is_one_error_and_no_file() {
    let object = fixture("kernel.bpf.o");
    let no_relocation = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../portability/tests/needs/maps.bpf.o"
    );
    refused(&["none.o", "-o", "x"], "error: none.o: No such file");
    refused(&[&fixture("same.btf"), "-o", "x"], "same.btf: ");
    refused(
        &[no_relocation, "-o", "x"],
        "the objects have no relocation",
    );
    refused(
        &[&object, "--kernels", "sparc", "-o", "x"],
        "`sparc` is no known kernel",
    );
    refused(
        &[&object, "--kernels", "s390x", "-o", "x"],
        "no chosen kernel has the byte order",
    );
    refused(
        &[&object, "--from", "nothing.btf", "-o", "x"],
        "nothing.btf: cannot be read",
    );
    refused(
        &[&object, "--from", &fixture("insns.txt"), "-o", "x"],
        "insns.txt: this is no kernel image",
    );
    refused(
        &[&object, "--from", &fixture("same.btf"), "-o", "x"],
        "same.btf: neither the file nor its name tells the kernel's architecture",
    );
    refused(&[&object, "-o", "nowhere/x"], "nowhere/x: No such file");
}
