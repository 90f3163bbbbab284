//! Resolves every CO-RE record of an eBPF object against a kernel's BTF:
//! `cargo run --features object --example resolve -- OBJECT KERNEL [MINIMAL.btf]`.
//!
//! With a third argument, writes the minimal BTF that the object needs of this kernel there.

mod report;

use std::error::Error;

use bpf_core_btf::object::{Object, btf_bytes};
use bpf_core_btf::{Btf, minimize};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (object, kernel, minimal) = match &arguments[..] {
        [object, kernel] => (object, kernel, None),
        [object, kernel, minimal] => (object, kernel, Some(minimal)),
        _ => return Err("usage: resolve OBJECT KERNEL [MINIMAL.btf]".into()),
    };
    let (object, kernel) = (std::fs::read(object)?, std::fs::read(kernel)?);
    let kernel = Btf::parse(btf_bytes(&kernel)?)?;
    let (lines, uses) = report::report(&Object::parse(&object)?, &kernel)?;
    print!("{lines}");
    if let Some(path) = minimal {
        std::fs::write(path, minimize(kernel.endian(), &[&kernel], uses))?;
    }
    Ok(())
}
