//! What an object's records come to on a kernel, in the lines that `tests/fixtures/expect.c` prints.

use std::collections::HashMap;
use std::error::Error;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, Resolver, Use, patch};

/// A line for each record, and the parts of `target` that all records together use.
pub(crate) fn report(
    object: &Object<'_>,
    target: &Btf<'_>,
) -> Result<(String, Vec<Use>), Box<dyn Error>> {
    let local = object.btf().ok_or("the object has no `.BTF`")?;
    let ext = object.btf_ext()?.ok_or("the object has no `.BTF.ext`")?;
    let mut resolver = Resolver::new(local, target);
    let (mut lines, mut uses) = (String::new(), Vec::new());
    let mut code = HashMap::new();
    for relos in ext.core_relos() {
        let section = object.section(relos.name);
        let section = section.ok_or_else(|| format!("no section `{}`", relos.name))?;
        let code = code
            .entry(relos.name)
            .or_insert_with(|| section.data.to_vec());
        for relo in &relos.records {
            lines += &format!("{}+{} ", relos.name, relo.insn_off);
            let resolution = match resolver.resolve(relo) {
                Ok(resolution) => resolution,
                Err(error) => {
                    uses.extend(error.uses());
                    lines += &format!("{} error\n", relo.kind as u32);
                    continue;
                }
            };
            uses.extend(resolution.uses());
            let target = resolution.target.as_ref();
            let target = target.map_or("-".to_owned(), |found| found.spec.to_string());
            let value = resolution.value;
            let value = value.map_or("poison".to_owned(), |value| value.to_string());
            let checked = if resolution.validate {
                ""
            } else {
                ", unchecked"
            };
            let (local, was) = (&resolution.local, resolution.local_value);
            lines += &format!("{local} => {target} : {value} (was {was}{checked}) ");
            match patch(code, &resolution) {
                Ok(_) => {
                    for byte in code.iter().skip(relo.insn_off as usize).take(16) {
                        lines += &format!("{byte:02x}");
                    }
                }
                Err(_) => lines.push_str("patch error"),
            }
            lines.push('\n');
        }
    }
    Ok((lines, uses))
}
