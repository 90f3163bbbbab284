//! Every object of the pages, loaded into the running kernel by aya and by libbpf.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpf_core_btf::Spec;
use bpf_core_btf::object::Object;
use example_proof::machine;
use pages::{Loaded, load, name, objects};

fn all() -> Vec<PathBuf> {
    objects(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf/pages.o")).unwrap()
}

#[test]
fn aya_loads_them() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the pages by aya", why);
    }
    for object in all() {
        match load(&object) {
            Ok(Loaded::All(count)) => assert!(count > 0),
            Ok(Loaded::LeftOut(why)) => machine::leave_out(name(&object), &why),
            Err(error) => panic!("{}: {error:#}", name(&object)),
        }
    }
}

#[test]
fn libbpf_loads_them() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the pages by libbpf", why);
    }
    for object in all() {
        let Err(error) = load_by_libbpf(&object) else {
            continue;
        };
        // A container may permit kprobes and nothing that patches code.
        let bytes = std::fs::read(&object).unwrap();
        let parsed = Object::parse(&bytes).unwrap();
        let mut sections = parsed.programs().map(|one| parsed.section_of(one).name);
        let patches = sections.all(|name| name.starts_with("fentry/") || name.starts_with("lsm/"));
        assert!(
            patches && error.contains("BPF program load failed: Operation not permitted"),
            "{}: {error}",
            name(&object)
        );
        machine::leave_out(name(&object), "the kernel permits no such program");
    }
}

/// What libbpf says if it does not load all programs of an object.
fn load_by_libbpf(object: &Path) -> Result<(), String> {
    let mount = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bpffs");
    std::fs::create_dir_all(&mount).unwrap();
    // Not in a mount namespace of its own: there can be none in a plain chroot.
    let script = "PATH=$PATH:/usr/sbin && mount -t bpf bpf \"$1\" && trap 'umount \"$1\"' EXIT \
                  && bpftool prog loadall \"$2\" \"$1/programs\"";
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&mount)
        .arg(object)
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[test]
fn both_languages_have_every_page() {
    let names: BTreeSet<String> = all().iter().map(|object| name(object).to_owned()).collect();
    let of = |end: &str| -> BTreeSet<String> {
        let rules = names
            .iter()
            .filter_map(|name| Some(name.strip_suffix(end)?.split('.').next()?.to_owned()));
        rules.collect()
    };
    let (rust, c) = (of(".rs"), of(".c"));
    assert!(rust.len() >= 16 && c.len() >= 15, "{names:?}");
    // Comments that allow a finding are one language's, and some rules are about C. Rules about kernels
    // judge objects, which C shows in few lines.
    let alone: Vec<&String> = rust.symmetric_difference(&c).collect();
    let expected = [
        "absent-hook",
        "ambiguous-space",
        "ambiguous-type",
        "broken-flavour",
        "changed-type",
        "core-struct-deref",
        "invalid-relocation",
        "loader-unsupported",
        "modified-context",
        "panic-on-failure",
        "unbounded-result",
        "unchecked-lookup",
        "undecided",
        "unknown-attach-type",
        "unknown-helper",
        "unknown-ksym",
        "unknown-map-type",
        "unknown-program-type",
        "unsupported-instruction",
        "unused-suppression",
        "unwritten-stack",
    ];
    assert_eq!(alone, expected);
}

#[test]
fn user_space_api_is_not_relocated_by_its_page() {
    for object in all()
        .iter()
        .filter(|object| name(object).starts_with("relocation-on-uapi"))
    {
        let bytes = std::fs::read(object).unwrap();
        let parsed = Object::parse(&bytes).unwrap();
        let (btf, ext) = (parsed.btf().unwrap(), parsed.btf_ext().unwrap().unwrap());
        let relos = ext.core_relos().iter().flat_map(|section| &section.records);
        let paths: Vec<String> = relos
            .map(|relo| Spec::parse(btf, relo).unwrap().path())
            .collect();
        assert!(!paths.is_empty(), "{}", name(object));
        let of_user_space = ["struct ip", "struct sockaddr"];
        assert!(
            !paths
                .iter()
                .any(|path| of_user_space.iter().any(|name| path.starts_with(name))),
            "{}: {paths:?}",
            name(object)
        );
    }
}
