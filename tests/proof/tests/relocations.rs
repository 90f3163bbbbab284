//! The relocations of each example's object, and what they become on every kernel.

use std::collections::BTreeSet;
use std::process::Command;

use example_proof::{Example, Kernel, Object, Record, access, complaints, machine, resolvers};

#[test]
fn every_access_is_a_relocation() {
    for example in Example::all() {
        let records = example.object().records();
        let asked: BTreeSet<&String> = records.iter().map(|record| &record.access).collect();
        let expected: BTreeSet<&String> = example.accesses.iter().collect();
        assert_eq!(asked, expected, "{}", example.name);
    }
}

#[test]
fn llvm_sees_the_same_relocations() {
    for example in Example::all() {
        let object = example.object();
        let Some(dump) = disassembly(&object) else {
            machine::leave_out("LLVM's view of the relocations", "no llvm-objdump-22");
            return;
        };
        let mut section = "";
        let mut seen = Vec::new();
        for line in dump.lines() {
            if let Some(name) = line.strip_prefix("Disassembly of section ") {
                section = name.trim_end_matches(':');
            }
            // `		0000000000000060:  CO-RE <byte_off> [40] struct task_struct::real_parent (0:4)`
            if let Some((offset, spec)) = line.split_once(":  CO-RE ") {
                seen.push(Record {
                    section: section.to_owned(),
                    offset: u32::from_str_radix(offset.trim(), 16).unwrap(),
                    access: access(spec),
                });
            }
        }
        seen.sort();
        assert_eq!(seen, object.records(), "{}", example.name);
    }
}

/// Prints a table for each example with `--nocapture`.
#[test]
fn every_relocation_becomes_what_the_kernel_states() {
    let kernels = Kernel::all();
    let resolvers = resolvers();
    let mut wrong = Vec::new();
    for example in Example::all() {
        let object = example.object();
        let records = object.records();
        for (resolver, resolve) in &resolvers {
            for kernel in &kernels {
                let outcomes = resolve(&object, kernel);
                let complaints = complaints(&example.accesses, kernel, &records, &outcomes);
                let of = |complaint| {
                    let (example, kernel) = (&example.name, &kernel.name);
                    format!("{example}, {resolver}, {kernel}: {complaint}")
                };
                wrong.extend(complaints.iter().map(of));
            }
        }
        println!(
            "\n{}: {} relocations, {} kernels, {} resolvers",
            example.name,
            records.len(),
            kernels.len(),
            resolvers.len()
        );
        print_table(&example, &kernels);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn print_table(example: &Example, kernels: &[Kernel]) {
    let offsets = example
        .accesses
        .iter()
        .filter(|access| access.starts_with("byte_off "));
    let offsets: Vec<&String> = offsets.collect();
    let last = |access: &str| access.rsplit('.').next().unwrap_or_default().to_owned();
    print!("{:24}", "");
    offsets
        .iter()
        .for_each(|access| print!(" {:>9.9}", last(access)));
    println!();
    for kernel in kernels {
        print!("{:24}", kernel.name);
        for access in &offsets {
            print!(" {:>9}", kernel.outcome(access).to_string());
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
