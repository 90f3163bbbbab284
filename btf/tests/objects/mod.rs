//! What this crate makes of an object, in the lines that `fixtures/expect.c` prints.

use std::fmt::Write;

use bpf_core_btf::{Btf, BtfExt, Resolver, Use, patch};
use object::{Object, ObjectSection};

pub(crate) fn section<'o>(object: &'o [u8], name: &str) -> &'o [u8] {
    let file = object::File::parse(object).unwrap();
    file.section_by_name(name).unwrap().data().unwrap()
}

/// One line per record, and what of the target they use.
pub(crate) fn report(object: &[u8], target: &Btf<'_>) -> (String, Vec<Use>) {
    let local = Btf::parse(section(object, ".BTF")).unwrap();
    let ext = BtfExt::parse(section(object, ".BTF.ext"), &local).unwrap();
    let mut resolver = Resolver::new(&local, target);
    let (mut lines, mut uses) = (String::new(), Vec::new());
    for relos in ext.core_relos() {
        let mut program = section(object, relos.name).to_vec();
        for relo in &relos.records {
            write!(lines, "{}+{} ", relos.name, relo.insn_off).unwrap();
            let resolution = match resolver.resolve(relo) {
                Ok(resolution) => resolution,
                Err(error) => {
                    uses.extend(error.uses(0));
                    writeln!(lines, "{} error", relo.kind as u32).unwrap();
                    continue;
                }
            };
            uses.extend(resolution.uses(0));
            let target = resolution.target.as_ref();
            let target = target.map_or("-".to_owned(), |found| found.spec.to_string());
            let value = resolution
                .value
                .map_or("poison".to_owned(), |value| value.to_string());
            let checked = if resolution.validate {
                ""
            } else {
                ", unchecked"
            };
            let (local, was) = (&resolution.local, resolution.local_value);
            write!(lines, "{local} => {target} : {value} (was {was}{checked}) ").unwrap();
            match patch(&mut program, &resolution) {
                Ok(_) => {
                    for byte in program.iter().skip(relo.insn_off as usize).take(16) {
                        write!(lines, "{byte:02x}").unwrap();
                    }
                }
                Err(_) => lines.push_str("patch error"),
            }
            lines.push('\n');
        }
    }
    (lines, uses)
}
