//! Resolves every CO-RE record of an eBPF object against a kernel's BTF:
//! `cargo run --example resolve -- OBJECT TARGET.btf [MINIMAL.btf]`.
//!
//! With a third argument, writes the minimal BTF that the object needs of this kernel there.

use std::error::Error;
use std::time::Instant;

use bpf_core_btf::{Btf, BtfExt, Patched, Resolver, minimize, patch};
use object::{Object, ObjectSection};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (object_path, target_path, minimal) = match &arguments[..] {
        [object, target] => (object, target, None),
        [object, target, minimal] => (object, target, Some(minimal)),
        _ => return Err("usage: resolve OBJECT TARGET.btf [MINIMAL.btf]".into()),
    };
    let elf = std::fs::read(object_path)?;
    let elf = object::File::parse(&*elf)?;
    let section = |name: &str| {
        elf.section_by_name(name)
            .ok_or_else(|| format!("the object has no section {name}"))
    };
    let local = Btf::parse(section(".BTF")?.data()?)?;
    let ext = BtfExt::parse(section(".BTF.ext")?.data()?, &local)?;
    let target = std::fs::read(target_path)?;

    let start = Instant::now();
    let target = Btf::parse(&target)?;
    let parsed = start.elapsed();

    let start = Instant::now();
    let mut resolver = Resolver::new(&local, &target);
    let (mut count, mut uses) = (0, Vec::new());
    for relos in ext.core_relos() {
        let mut program = section(relos.name)?.data()?.to_vec();
        for relo in &relos.records {
            count += 1;
            print!("{}+{} ", relos.name, relo.insn_off);
            let resolution = match resolver.resolve(relo) {
                Ok(resolution) => resolution,
                Err(error) => {
                    println!("{} error", relo.kind as u32);
                    eprintln!("{error}");
                    uses.extend(error.uses(0));
                    continue;
                }
            };
            print!("{} => ", resolution.local);
            match &resolution.target {
                Some(found) => print!("{}", found.spec),
                None => print!("-"),
            }
            match resolution.value {
                Some(value) => print!(" : {value}"),
                None => print!(" : poison"),
            }
            let checked = if resolution.validate {
                ""
            } else {
                ", unchecked"
            };
            print!(" (was {}{checked}) ", resolution.local_value);
            match patch(&mut program, &resolution) {
                Ok(Patched::Value { .. } | Patched::Poisoned) => {
                    let insns = program[relo.insn_off as usize..].iter().take(16);
                    for byte in insns {
                        print!("{byte:02x}");
                    }
                    println!();
                }
                Err(_) => println!("patch error"),
            }
            uses.extend(resolution.uses(0));
        }
    }
    eprintln!("parse {parsed:?}, {count} records {:?}", start.elapsed());
    if let Some(path) = minimal {
        std::fs::write(path, minimize(&target, uses))?;
    }
    Ok(())
}
