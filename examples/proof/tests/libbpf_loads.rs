//! The same bytes that aya loads, loaded by libbpf into the running kernel.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use example_proof::{Example, machine};

#[test]
fn libbpf_loads_every_program() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("`bpftool prog loadall`", why);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bpffs");
    fs::create_dir_all(&folder).unwrap();
    // Not in a mount namespace of its own: there can be none in a plain chroot.
    let script = "PATH=$PATH:/usr/sbin && mount -t bpf bpf \"$1\" && trap 'umount \"$1\"' EXIT \
                  && bpftool prog loadall \"$2\" \"$1/programs\" && ls \"$1/programs\"";
    for example in Example::all() {
        let object = example.object();
        let output = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(&folder)
            .arg(&object.path)
            .output()
            .unwrap();
        let loaded = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", example.name);
        let programs: BTreeSet<String> = object.programs().into_iter().collect();
        let loaded: BTreeSet<String> = loaded.lines().map(str::to_owned).collect();
        assert_eq!(loaded, programs, "{}: {errors}", example.name);
    }
}
