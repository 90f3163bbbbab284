//! The examples as `cargo build` makes them load as those of `cargo build --release` do.

use std::fs;
use std::path::Path;

use constructs::load;
use example_proof::machine;

mod bpffs;

#[test]
fn examples_of_cargo_build_load() {
    if let Some(why) = machine::refuses_examples() {
        return machine::leave_out("the examples of `cargo build`", why);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf/levels.o");
    let objects = fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!(
            "{error}: {}: `cargo xtask constructs` makes it",
            folder.display()
        )
    });
    bpffs::with("levels", |mount| {
        let mut wrong = Vec::new();
        let mut count = 0;
        for object in objects {
            let object = object.unwrap().path();
            count += 1;
            let Err(error) = load::bpftool(&object, &mount.join(format!("example{count}"))) else {
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
        assert!(count >= 14, "{count} objects");
    });
}
