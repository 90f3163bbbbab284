//! C.

use std::collections::BTreeMap;

use super::{RULE, field};
use crate::front::c::view::{Offset, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let mut fields: BTreeMap<(String, String), Vec<&Offset>> = BTreeMap::new();
    for offset in &view.offsets {
        let name = match (&offset.constant, &offset.target) {
            (Some(name), _) => field(name),
            (None, Some(name)) => name.clone(),
            (None, None) => continue,
        };
        // Without a struct, pointers of one source are of one type.
        let source = offset.source.as_ref().map(|source| source.what.clone());
        let base = offset.record.clone().or(source).unwrap_or_default();
        fields.entry((base, name)).or_default().push(offset);
    }
    for ((_, name), mut uses) in fields {
        uses.sort_by(|a, b| a.span.cmp(&b.span));
        let Some((first, rest)) = uses.split_first() else {
            continue;
        };
        for other in rest.iter().filter(|other| other.bytes != first.bytes) {
            let message = format!(
                "`{name}` is at offset {} here and at {} elsewhere",
                other.bytes, first.bytes
            );
            let found = Finding::new(RULE.name, other.span.clone(), message)
                .also(first.span.clone(), format!("offset {} here", first.bytes))
                .help("read the field by name with `BPF_CORE_READ`: the kernel knows where it is");
            findings.push(found);
        }
    }
}
