//! The relocations of the object, and what they become on every kernel.

use std::collections::BTreeSet;
use std::process::Command;

use crate::accesses::LINEAGE;
use crate::check::complaints;
use crate::kernel::Kernel;
use crate::machine;
use crate::object::{Object, Record, access};
use crate::resolvers;

#[test]
fn every_access_is_a_relocation() {
    let accesses = Object::built("lineage").records();
    let accesses: BTreeSet<&str> = accesses.iter().map(|record| &*record.access).collect();
    assert_eq!(accesses, BTreeSet::from(LINEAGE));
}

#[test]
fn llvm_sees_the_same_relocations() {
    let object = Object::built("lineage");
    let Some(dump) = disassembly(&object) else {
        machine::leave_out("LLVM's view of the relocations", "no llvm-objdump-22");
        return;
    };
    // `		0000000000000060:  CO-RE <byte_off> [40] struct task_struct::real_parent (0:4)`
    let lines = dump.lines().filter_map(|line| line.split_once(":  CO-RE "));
    let mut seen: Vec<Record> = lines
        .map(|(offset, spec)| Record {
            offset: u32::from_str_radix(offset.trim(), 16).unwrap(),
            access: access(spec),
        })
        .collect();
    seen.sort();
    assert_eq!(seen, object.records());
}

/// Prints a table with `--nocapture`.
#[test]
fn every_relocation_becomes_what_the_kernel_states() {
    let object = Object::built("lineage");
    let records = object.records();
    let kernels = Kernel::all();
    let mut wrong = Vec::new();
    for (resolver, resolve) in resolvers::all() {
        for kernel in &kernels {
            let outcomes = resolve(&object, kernel);
            let complaints = complaints(&LINEAGE, kernel, &records, &outcomes);
            let name = &kernel.name;
            wrong.extend(
                complaints
                    .iter()
                    .map(|it| format!("{resolver}, {name}: {it}")),
            );
        }
        println!(
            "{resolver}: {} relocations, {} kernels",
            records.len(),
            kernels.len()
        );
    }
    print_table(&kernels);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn print_table(kernels: &[Kernel]) {
    let offsets = LINEAGE
        .iter()
        .filter_map(|access| access.strip_prefix("byte_off "));
    let paths: Vec<&str> = offsets.collect();
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    print!("{:24}", "");
    paths.iter().for_each(|path| print!(" {:>9.9}", last(path)));
    println!();
    for kernel in kernels {
        print!("{:24}", kernel.name);
        for path in &paths {
            print!(
                " {:>9}",
                kernel.outcome(&format!("byte_off {path}")).to_string()
            );
        }
        println!();
    }
}

fn disassembly(object: &Object) -> Option<String> {
    let output = Command::new("llvm-objdump-22")
        .arg("-dr")
        .arg(&object.path)
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}
