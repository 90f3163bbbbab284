//! Adds what the supported kernels say about the names that a Rust crate uses.

use std::borrow::Cow;

use anyhow::Result;

use super::view::Crate;
use crate::front::kernels::{self, Guard, Need};
use crate::known::Supported;

/// Calls that are followed back.
const MAX_HOPS: usize = 4;
/// Ways to a function that are told apart.
const MAX_WAYS: usize = 32;

/// Adds the answers to the view.
pub(super) fn answer(krate: &mut Crate, supported: &Supported<'_>) -> Result<()> {
    krate.absences = kernels::absences(needs(krate).into_iter(), supported)?;
    Ok(())
}

/// What the functions need, once for each way that leads to the function.
fn needs(krate: &Crate) -> Vec<Need<'_>> {
    let mut needs = Vec::new();
    for (index, function) in krate.functions.iter().enumerate() {
        if function.needs.is_empty() {
            continue;
        }
        let mut ways = Vec::new();
        lead(krate, index, &mut Vec::new(), &mut ways, MAX_HOPS);
        for need in &function.needs {
            needs.extend(ways.iter().map(|way| Need {
                what: need.what.clone(),
                span: function.span(&need.span),
                guards: Cow::Owned([&need.guards[..], way].concat()),
            }));
        }
    }
    needs
}

/// Adds what holds on each way to a function, from the programs on.
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
