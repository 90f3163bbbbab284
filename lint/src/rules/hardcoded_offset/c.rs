//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for offset in &view.offsets {
        let constant = match &offset.constant {
            Some(name) => format!("`{name}` ({})", offset.bytes),
            None => offset.bytes.to_string(),
        };
        let what = match (&offset.record, &offset.source) {
            (Some(name), _) => format!("a pointer to `{name}`"),
            (None, Some(source)) => format!("the pointer from {}", source.what),
            (None, None) => "a kernel pointer".to_owned(),
        };
        let message = format!("constant offset {constant} from {what}");
        let mut found = Finding::new(RULE.name, offset.span.clone(), message)
            .label("right for one kernel only");
        if let Some(source) = &offset.source
            && !offset.span.contains(&source.span)
        {
            found = found.also(source.span.clone(), "the pointer comes from here");
        }
        let help = "read the field by name with `BPF_CORE_READ`: the loader looks it up in the \
                    running kernel";
        findings.push(found.help(help));
    }
}
