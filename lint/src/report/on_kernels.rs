//! Says of a finding on which kernels it is true, and what these have.

use std::collections::HashMap;
use std::sync::Arc;

use bpf_core_catalogue::{Kernel, KernelSet};
use bpf_core_portability::Effect;

use crate::known::phrase;
use crate::rules::Finding;
use crate::rules::finding::On;

/// Adds the words to a finding about kernels. Which of them there are may depend on an earlier run, so no
/// rule writes them.
pub(super) fn describe(
    finding: &mut Finding,
    kernels: &[Kernel],
    judged: &HashMap<Arc<str>, KernelSet>,
) {
    let Some(on) = &finding.on else {
        return;
    };
    let Some(judged) = judged.get(&on.object) else {
        return;
    };
    if finding.primary.text.is_empty() {
        finding.primary.text = label(on, judged);
    }
    let cases = on.cases.iter().map(|case| {
        let which = phrase(kernels, judged, &case.kernels);
        match (effect(&case.effect), case.has.as_str()) {
            (effect, "") => format!("{which}: {effect}"),
            (effect, has) => format!("{which}: {effect}; {has}"),
        }
    });
    let mut notes: Vec<String> = cases.collect();
    notes.extend(programs(&on.programs));
    finding.notes.splice(0..0, notes);
}

/// `refused by 12 of 34 kernels`
fn label(on: &On, judged: &KernelSet) -> String {
    let sets = on.cases.iter().map(|case| &case.kernels);
    let count = sets
        .fold(KernelSet::default(), |all, set| all.union(set))
        .len();
    let of = format!("{count} of {} kernels", judged.len());
    match on.cases.iter().map(|case| &case.effect).max() {
        Some(Effect::Refused) => format!("refused by {of}"),
        Some(Effect::NotAttached) => format!("not there on {of}"),
        Some(Effect::WrongValue) => format!("wrong values on {of}"),
        Some(Effect::RefusedIf(_)) => format!("may be refused by {of}"),
        _ => format!("not known of {of}"),
    }
}

/// What happens on a kernel, in words.
pub(super) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Refused => "refused".to_owned(),
        Effect::NotAttached => "cannot be attached".to_owned(),
        Effect::WrongValue => "wrong values".to_owned(),
        Effect::RefusedIf(variable) => format!("refused if `{variable}` is set"),
        _ => "not known".to_owned(),
    }
}

/// `in the program ...`
fn programs(names: &[String]) -> Option<String> {
    const SHOWN: usize = 5;
    let quoted: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match (&quoted[..], names.len().saturating_sub(SHOWN)) {
        ([], _) => None,
        ([one], _) => Some(format!("in the program {one}")),
        (some, 0) => Some(format!("in the programs {}", some.join(", "))),
        (some, more) => Some(format!(
            "in the programs {} and {more} more",
            some.join(", ")
        )),
    }
}
