//! Rust.

use std::collections::BTreeMap;

use super::{RULE, field};
use crate::front::rust::Crate;
use crate::front::rust::view::Amount;
use crate::rules::Finding;
use crate::rules::hardcoded_offset;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    let mut fields: BTreeMap<(String, String), Vec<(i64, Span)>> = BTreeMap::new();
    for (index, function) in krate.functions.iter().enumerate() {
        for offset in &function.offsets {
            if !hardcoded_offset::is_relevant(krate, index, offset) {
                continue;
            }
            let (name, value) = match &offset.by {
                Amount::Named(name, Some(value)) if !name.is_empty() => (name.clone(), *value),
                Amount::Number(value) => match &offset.target {
                    Some(target) => (target.clone(), *value),
                    None => continue,
                },
                _ => continue,
            };
            let base = format!("{:?}", offset.base.ty);
            let key = (base, field(&name));
            let span = function.span(&offset.span);
            fields.entry(key).or_default().push((value, span));
        }
    }
    for ((_, name), mut uses) in fields {
        uses.sort_by(|a, b| a.1.cmp(&b.1));
        let Some((first, rest)) = uses.split_first() else {
            continue;
        };
        for (value, span) in rest.iter().filter(|(value, _)| *value != first.0) {
            let found = Finding::new(
                RULE.name,
                span.clone(),
                format!(
                    "`{name}` is at offset {value} here and at {} elsewhere",
                    first.0
                ),
            )
            .also(first.1.clone(), format!("offset {} here", first.0))
            .help("read the field by name with `core_read!`: the kernel knows where it is");
            findings.push(found);
        }
    }
}
