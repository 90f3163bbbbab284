//! The same bytes that aya loads, loaded by libbpf into the running kernel.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use example_proof::{Example, Object, machine};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

#[test]
fn libbpf_loads_every_program() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("`bpftool prog loadall`", why);
    }
    for example in Example::all() {
        let object = example.object();
        let programs = object.programs();
        let loaded = load(&object);
        let fentry = programs.iter().find(|(_, at)| at.starts_with("fentry/"));
        if let (Err(error), Some((name, section))) = (&loaded, fentry)
            && let Some(why) = no_fentry(error)
        {
            machine::leave_out(&format!("{}: libbpf loads {section}", example.name), why);
            // Pinning comes after all others are loaded, and bpftool cannot leave one out.
            let pinned = load(&object.without(section)).unwrap_err();
            let end = format!("prog '{name}': can't pin program that wasn't loaded");
            assert!(pinned.contains(&end), "{}: {pinned}", example.name);
            assert!(
                !pinned.contains("load failed"),
                "{}: {pinned}",
                example.name
            );
            continue;
        }
        let loaded = loaded.unwrap_or_else(|error| panic!("{}: {error}", example.name));
        let programs = programs.into_iter().map(|(name, _)| name).collect();
        assert_eq!(loaded, programs, "{}", example.name);
    }
}

/// The names of the programs that it has loaded, or what libbpf says.
fn load(object: &Object) -> Result<BTreeSet<String>, String> {
    let file = Path::new(FOLDER).join("libbpf_loads.o");
    fs::write(&file, &object.bytes).unwrap();
    let mount = Path::new(FOLDER).join("bpffs");
    fs::create_dir_all(&mount).unwrap();
    // Not in a mount namespace of its own: there can be none in a plain chroot.
    let script = "PATH=$PATH:/usr/sbin && mount -t bpf bpf \"$1\" && trap 'umount \"$1\"' EXIT \
                  && bpftool prog loadall \"$2\" \"$1/programs\" && ls \"$1/programs\"";
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&mount)
        .arg(&file)
        .output()
        .unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let loaded = String::from_utf8_lossy(&output.stdout);
    Ok(loaded.lines().map(str::to_owned).collect())
}

/// Why libbpf cannot load an `fentry` program here, if it is not the program's fault.
fn no_fentry(error: &str) -> Option<&'static str> {
    if error.contains("prog 'fentry': BPF program load failed: Operation not permitted") {
        return Some("the kernel permits other programs, but not this one");
    }
    let not_found = error.contains("failed to find kernel BTF type ID");
    not_found.then_some("its section names the function of another processor")
}
