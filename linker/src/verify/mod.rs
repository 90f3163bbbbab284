//! Compares the records of the object with what the inputs ask for, and refuses the object if they differ.
//!
//! The optimised module may ask only for what the inputs ask for. The object must have a record for
//! each relocation of the module and no other, and the instruction must hold the record's local value. LLVM
//! reports none of this as an error. Without these checks a program could read at the offsets of the machine
//! that built it, or read another field.

mod cancelled;
pub(crate) mod loadable;
pub(crate) mod statics;
pub(crate) mod witness;

use std::collections::{BTreeMap, BTreeSet};

use bpf_core::contract::MARKER_PREFIX;
use bpf_core_btf::{Btf, BtfBuilder, CoreRelo, Resolver, object::Object, patch};
use inkwell::{llvm_sys::LLVMOpcode, module::Module};

use crate::ask::{Ask, asked::Asked, foreign};
use crate::error::{Error, Location, REPORT, Result};
use crate::ir::{self, Value, metadata::Metadata, source};

/// The relocations that a module asks for, by function.
#[derive(Debug, Default)]
pub(crate) struct Wanted(BTreeMap<String, BTreeMap<Ask, Want>>);

/// What is known of a relocation that a function asks for.
#[derive(Debug)]
struct Want {
    line: Option<Location>,
    /// Whether the object may be without its record, as its offset cancels out wherever it is of use.
    may_cancel: bool,
}

/// Collects what the optimised module asks for.
///
/// # Errors
/// When a marker is left, when the optimiser has merged relocations, and when a function asks for
/// what nobody `asked` in the inputs.
pub(crate) fn wanted(module: &Module<'_>, asked: &Asked) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    for function in ir::functions(module) {
        if function.name().starts_with(MARKER_PREFIX.as_bytes()) {
            let call = function
                .users()
                .into_iter()
                .find(|user| user.is_instruction());
            return Err(Error::new(format!(
                "relocation was not lowered: `{}` is left after linking",
                function.readable_name()
            ))
            .at(call.and_then(source::line_of)));
        }
    }
    let metadata = Metadata::of(module);
    for global in ir::globals(module) {
        if global.relocation().is_none() {
            continue;
        }
        let users = global.users();
        let Some(ask) = foreign::ask(metadata, global) else {
            let Some(user) = users.first() else { continue };
            return Err(Error::new(format!(
                "relocation `{}` names no type, or a member that its type lacks",
                String::from_utf8_lossy(global.name())
            ))
            .at(line_near(*user))
            .help(REPORT));
        };
        for user in users {
            if user.opcode() != Some(LLVMOpcode::LLVMLoad) || !user.is_instruction() {
                return Err(Error::new(format!(
                    "relocation {ask} cannot be lowered: the optimiser has merged it with another"
                ))
                .at(user
                    .is_instruction()
                    .then(|| source::line_of(user))
                    .flatten()));
            }
            let Some(function) = user.parent_function() else {
                continue;
            };
            let line = line_near(user);
            if !asked.permits(function.name(), &ask) {
                return Err(Error::new(format!(
                    "function `{}` asks for {ask}, but no input has this relocation in that function",
                    function.readable_name()
                ))
                .at(line)
                .help(REPORT));
            }
            let name = String::from_utf8_lossy(function.name()).into_owned();
            let of_function = wanted.0.entry(name).or_default();
            let want = of_function.entry(ask.clone()).or_insert(Want {
                line,
                may_cancel: true,
            });
            want.may_cancel &= cancelled::may_cancel(user);
        }
    }
    Ok(wanted)
}

/// The line of a load that LLVM made, or of the nearest user that has one. Users may form a loop.
fn line_near(load: Value<'_>) -> Option<Location> {
    const FARTHEST: usize = 8;
    let mut here = load;
    for _ in 0..FARTHEST {
        if let Some(location) = source::line_of(here) {
            return Some(location);
        }
        here = here
            .users()
            .into_iter()
            .find(|user| user.is_instruction())?;
    }
    None
}

impl Wanted {
    /// Checks that `object` has a record for each relocation, and no others, and that each
    /// instruction with a record holds what the local type says.
    ///
    /// # Errors
    /// When it lacks one, has one too many, or holds another value.
    pub(crate) fn check(&self, object: &[u8]) -> Result<()> {
        let found = records(object)?;
        for (function, asks) in &self.0 {
            for (ask, want) in asks {
                let has_record = found.get(function).is_some_and(|found| found.contains(ask));
                if !has_record && !want.may_cancel {
                    return Err(Error::new(format!(
                        "relocation {ask} in function `{function}` has no record after code generation"
                    ))
                    .at(want.line.clone())
                    .help(REPORT));
                }
            }
        }
        for (function, asks) in &found {
            for ask in asks {
                let wanted = self.0.get(function);
                if !wanted.is_some_and(|wanted| wanted.contains_key(ask)) {
                    return Err(Error::new(format!(
                        "function `{function}` has a record of {ask} that nothing asked for"
                    ))
                    .help(REPORT));
                }
            }
        }
        Ok(())
    }
}

/// The asks of an object's records, by function.
fn records(object: &[u8]) -> Result<BTreeMap<String, BTreeSet<Ask>>> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Error::new(format!("cannot check the relocations of the object: {why}")).help(REPORT)
    };
    let object = Object::parse(object).map_err(|error| unreadable(&error))?;
    let ext = object.btf_ext().map_err(|error| unreadable(&error))?;
    let mut found: BTreeMap<String, BTreeSet<Ask>> = BTreeMap::new();
    let (Some(btf), Some(ext)) = (object.btf(), ext) else {
        return Ok(found);
    };
    let nothing = BtfBuilder::new(btf.endian()).finish();
    let nothing = Btf::parse(&nothing).map_err(|error| unreadable(&error))?;
    let mut resolver = Resolver::new(btf, &nothing);
    for records in ext.core_relos() {
        let section = object
            .sections()
            .iter()
            .position(|of| of.name == records.name);
        let code = section.map_or(&[][..], |at| object.sections()[at].data);
        for record in &records.records {
            let function = object
                .functions()
                .iter()
                .find(|of| Some(of.section) == section && of.range().contains(&record.insn_off))
                .ok_or_else(|| unreadable(&"a record is in no function"))?;
            let ask = Ask::of_record(btf, record)
                .ok_or_else(|| unreadable(&format!("`{}` is no path", record.access)))?;
            check_instruction(&mut resolver, record, code).map_err(|why| {
                unreadable(&format!("record {ask} in `{}`: {why}", function.name))
            })?;
            found
                .entry(function.name.to_owned())
                .or_default()
                .insert(ask);
        }
    }
    Ok(found)
}

/// Checks that the instruction holds the value of the local type, as libbpf does before it patches
/// (`bpf_core_patch_insn`).
fn check_instruction<'b>(
    resolver: &mut Resolver<'b>,
    record: &CoreRelo<'b>,
    code: &[u8],
) -> std::result::Result<(), String> {
    // LLVM makes records of unnamed types for C. No loader resolves them.
    let Ok(mut resolution) = resolver.resolve(record) else {
        return Ok(());
    };
    resolution.value = Some(resolution.local_value);
    let at = record.insn_off as usize;
    // An instruction, or two that are one.
    let mut instruction = code
        .get(at..code.len().min(at + 16))
        .unwrap_or_default()
        .to_vec();
    resolution.relo.insn_off = 0;
    patch(&mut instruction, &resolution)
        .map(drop)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
