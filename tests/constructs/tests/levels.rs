//! The examples and the twins load at each level of optimisation, as those of `cargo build --release` do.

use std::fs;
use std::path::Path;

use constructs::load;
use example_proof::machine;

mod bpffs;

/// What a program needs of the kernel that not every kernel has: a name of its BTF.
const NEEDS: [(&str, &str); 2] = [
    // From Linux 6.2.
    ("twins-libbpf", "bpf_rdonly_cast"),
    // A test module of the kernel.
    ("twins-struct-ops", "bpf_dummy_ops"),
];

#[test]
fn programs_of_every_level_load() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the programs of every level", why);
    }
    let btf = fs::read("/sys/kernel/btf/vmlinux").unwrap();
    let knows = |name: &str| {
        let name = format!("\0{name}\0");
        btf.windows(name.len())
            .any(|found| found == name.as_bytes())
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf/levels.o");
    let objects = fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!(
            "{error}: {}: `cargo xtask levels` makes it",
            folder.display()
        )
    });
    bpffs::with("levels", |mount| {
        let mut wrong = Vec::new();
        let mut count = 0;
        for object in objects {
            let object = object.unwrap().path();
            count += 1;
            let name = object.file_name().unwrap().to_string_lossy();
            let program = name.split_once('.').unwrap().0;
            let needed = NEEDS.iter().find(|(of, _)| *of == program);
            if let Some((_, needed)) = needed.filter(|(_, needed)| !knows(needed)) {
                machine::leave_out(&name, &format!("the kernel lacks `{needed}`"));
                continue;
            }
            let Err(error) = load::bpftool(&object, &mount.join(format!("program{count}"))) else {
                continue;
            };
            let error = format!("{}: {error:#}", object.display());
            // A container may permit kprobes and nothing that patches code.
            if error.contains("prog 'fentry': BPF program load failed: Operation not permitted") {
                machine::leave_out(&error, "the kernel permits no such program");
            } else {
                wrong.push(error);
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        // Seven examples and three objects of the twins, at six levels.
        assert!(count >= 60, "{count} objects");
    });
}
