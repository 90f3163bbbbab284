//! Adds what the supported kernels say about the names that a Rust crate uses.

mod arguments;
mod events;
pub(super) mod hooks;

use anyhow::Result;
use bpf_core_kernel_facts::flavour::essential_name;

use super::loader::Loaders;
use super::view::{Amount, Crate, Program};
use crate::front::facts::Absence;
use crate::known::{Guard, LeadsTo, Question, Supported};

/// Calls that are followed back.
const MAX_HOPS: usize = 4;
/// Ways to a function that are told apart.
const MAX_WAYS: usize = 32;

/// Adds the answers to the view.
pub(super) fn answer(
    krate: &mut Crate,
    loaders: &Loaders,
    supported: &Supported<'_>,
) -> Result<()> {
    krate.hooks = hooks::of_programs(krate, loaders, supported)?;
    krate.absences = absences(krate, supported)?;
    krate.arguments = arguments::taken(krate, supported)?;
    krate.event_structs = events::structs(krate, supported)?;
    events::layouts(krate, supported)?;
    for index in 0..krate.functions.len() {
        let leads_to = targets(krate, index, supported)?;
        for (offset, target) in leads_to {
            krate.functions[index].offsets[offset].leads_to = target;
        }
    }
    let facts = &krate.facts;
    let kernel_name = |owner: &str| {
        let declared = facts.structs.get(owner);
        declared
            .map_or(owner, |declared| &declared.kernel_name)
            .to_owned()
    };
    for function in &mut krate.functions {
        for used in &mut function.enumerators {
            if let Some(of) = used.of {
                let history = supported.enumerator(of, &used.name)?;
                used.values = supported.values(&history);
            }
        }
        for used in &mut function.sizes {
            used.layout = supported.layout(&kernel_name(&used.of), "")?;
        }
        for place in function
            .places
            .iter_mut()
            .filter(|place| !place.owner.is_empty())
        {
            // bindgen has to name what C does not.
            let fields = place
                .fields
                .split('.')
                .filter(|name| !name.starts_with("__bindgen_"));
            let path = fields.collect::<Vec<_>>().join(".");
            place.layout = supported.layout(&kernel_name(&place.owner), &path)?;
        }
    }
    Ok(())
}

/// What the constant offsets of a function lead to, by the number of the offset.
fn targets(
    krate: &Crate,
    index: usize,
    supported: &Supported<'_>,
) -> Result<Vec<(usize, Option<LeadsTo>)>> {
    let mut found = Vec::new();
    for (number, offset) in krate.functions[index].offsets.iter().enumerate() {
        let (name, byte) = match krate.amount(index, &offset.by) {
            Some(Amount::Number(byte)) => (String::new(), byte),
            Some(Amount::Named(name, Some(byte))) => (name, byte),
            _ => continue,
        };
        if !offset.is_address {
            continue;
        }
        let record = match krate.record_of(index, offset) {
            Some(record) => Some(record.to_owned()),
            None => arguments::record(krate, index, &offset.base, supported)?,
        };
        let record = match record {
            None => supported.record_in(&name)?,
            record => record,
        };
        if let Some(record) = record {
            let like = [name.as_str(), offset.target.as_deref().unwrap_or_default()];
            found.push((number, supported.leads_to(&record, byte, &like)?));
        }
    }
    Ok(found)
}

/// What kernels lack of what the functions need, on each way that leads to the function.
fn absences(krate: &Crate, supported: &Supported<'_>) -> Result<Vec<Absence>> {
    let mut found = Vec::new();
    for (index, function) in krate.functions.iter().enumerate() {
        if function.needs.is_empty() {
            continue;
        }
        let ways = ways(krate, index);
        let implemented = implemented(krate, index);
        for need in &function.needs {
            for way in &ways {
                let guards = need.guards.iter().chain(way).chain(&implemented);
                if let Some(lack) = supported.lack(&need.what, guards)? {
                    found.push(Absence {
                        span: function.span(&need.span),
                        what: need.what.essential(),
                        lack,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// What holds in programs of `struct_ops` alone: the loader creates the map only where the kernel has the type.
fn implemented(krate: &Crate, function: usize) -> Vec<Guard> {
    let mut programs: Vec<&Program> = krate.programs(function).collect();
    if programs.is_empty() {
        // Who calls it is not known: a function may be a value.
        let path = &krate.functions[function].path;
        let of_file = krate.functions.iter().filter(|other| other.path == *path);
        programs = of_file.filter_map(|other| other.program.as_ref()).collect();
    }
    let is_of_them = |program: &&Program| program.section.name.starts_with("struct_ops");
    if programs.is_empty() || !programs.iter().all(is_of_them) {
        return Vec::new();
    }
    let types = krate.facts.struct_ops.iter();
    types
        .map(|name| Guard {
            question: Question::Type(essential_name(name).into()).into(),
            exists: true,
        })
        .collect()
}

/// What holds on each way to a function, from the programs on.
fn ways(krate: &Crate, function: usize) -> Vec<Vec<Guard>> {
    let mut ways = Vec::new();
    lead(krate, function, &mut Vec::new(), &mut ways, MAX_HOPS);
    ways
}

/// Adds what holds on each way to a function.
fn lead(
    krate: &Crate,
    function: usize,
    way: &mut Vec<Guard>,
    ways: &mut Vec<Vec<Guard>>,
    hops: usize,
) {
    let mut callers = krate.callers_of(function).peekable();
    let is_first = krate.functions[function].program.is_some() || callers.peek().is_none();
    if is_first || hops == 0 {
        if !ways.contains(way) && ways.len() < MAX_WAYS {
            ways.push(way.clone());
        }
        return;
    }
    for (caller, call) in callers {
        let before = way.len();
        way.extend_from_slice(&call.guards);
        lead(krate, caller, way, ways, hops - 1);
        way.truncate(before);
    }
}
