//! What an instruction with a CO-RE record becomes on a kernel.

use bpf_core_btf::insn::{Patched, patch};
use bpf_core_btf::object::{Object, Place};
use bpf_core_btf::{CoreRelo, Resolution, Resolver, Width};
use serde::Serialize;

/// What an instruction becomes on a kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It takes this value.
    Value(u64),
    /// The kernel has no such thing. The instruction is poisoned.
    Absent(String),
    /// The field has another size than the load or store, which is poisoned.
    Width(String),
    /// The loader refuses the object.
    Refused(String),
}

impl Becomes {
    /// Resolves a record. Records of one object go through a resolver in the order of the file.
    pub fn of<'b>(
        object: &Object<'_>,
        resolver: &mut Resolver<'b>,
        (place, relo): (Place, &CoreRelo<'b>),
    ) -> Self {
        let resolution = match resolver.resolve(relo) {
            Ok(resolution) => resolution,
            Err(error) => return Self::Refused(error.fault.to_string()),
        };
        // Of the section, the one instruction.
        let code = object.sections()[place.section].data;
        let code = code.get(place.at as usize..).unwrap_or(&[]);
        let mut code = code.get(..16).unwrap_or(code).to_vec();
        let mut here = resolution.clone();
        here.relo.insn_off = 0;
        match (patch(&mut code, &here), resolution.value) {
            (Err(error), _) => Self::Refused(error.to_string()),
            (Ok(_), None) => Self::Absent(why(&resolution)),
            (Ok(Patched::Poisoned), _) => Self::Width(sizes(&resolution)),
            (Ok(Patched::Value { .. }), Some(value)) => Self::Value(value),
        }
    }
}

fn why(resolution: &Resolution<'_>) -> String {
    let reasons = resolution.rejected.iter();
    let mut reasons: Vec<String> = reasons.map(|one| one.why.to_string()).collect();
    reasons.dedup();
    match &reasons[..] {
        [] => "no type of that name".to_owned(),
        some => some.join(", "),
    }
}

fn sizes(resolution: &Resolution<'_>) -> String {
    match resolution.width {
        Width::Incompatible { local, target } => {
            format!("the field has {target} bytes, and the load or store {local}")
        }
        _ => "the field has another size".to_owned(),
    }
}
