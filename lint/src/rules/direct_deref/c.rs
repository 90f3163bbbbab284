//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for deref in &view.derefs {
        let what = match (deref.record.as_str(), deref.field.as_str()) {
            ("", _) => "a kernel pointer is dereferenced".to_owned(),
            (record, "") => format!("a pointer to `{record}` is dereferenced"),
            (record, field) => format!("`{field}` of `{record}` is read through a kernel pointer"),
        };
        let message = format!("{what} that the verifier takes for a number");
        let mut found =
            Finding::new(RULE.name, deref.span.clone(), message).label("the program does not load");
        if let Some(source) = &deref.source
            && !deref.span.contains(&source.span)
        {
            found = found.also(source.span.clone(), "the pointer comes from here");
        }
        found = found.help("read it with `BPF_CORE_READ`");
        findings.push(found.help("or attach with `tp_btf` or `fentry`, whose pointers are known"));
    }
}
