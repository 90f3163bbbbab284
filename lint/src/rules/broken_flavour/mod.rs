//! `broken-flavour`: a name looks like a flavour of a kernel type, and libbpf takes it for another type.

use super::{Finding, Group, Level, Rule};
use crate::front::c::view::View;

/// The rule.
pub static RULE: Rule = Rule {
    name: "broken-flavour",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "a type name that libbpf takes for no flavour",
    page: include_str!("broken-flavour.md"),
    c: Some(check),
    ..Rule::BARE
};

fn check(view: &View, findings: &mut Vec<Finding>) {
    for record in &view.declared {
        let name = &record.name;
        let Some((of, flavour)) = parts(name).filter(|_| record.relocated) else {
            continue;
        };
        let Some(span) = &record.declared else {
            continue;
        };
        let message =
            format!("`{name}` is no flavour of `{of}`: no kernel has a type of this name");
        let found = Finding::new(RULE.name, span.clone(), message)
            .label("a flavour begins at exactly three underscores")
            .help(format!("name it `{of}___{flavour}`"));
        findings.push(found);
    }
}

/// `iov_iter____late` in two: by `bpf_core_is_flavor_sep` of libbpf, no name splits at four underscores.
fn parts(name: &str) -> Option<(&str, &str)> {
    let at = name.find("____")?;
    let flavour = name[at..].trim_start_matches('_');
    (at > 0 && !flavour.is_empty()).then_some((&name[..at], flavour))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn splits_at_four_underscores() {
        assert_eq!(parts("iov_iter____late"), Some(("iov_iter", "late")));
        assert_eq!(parts("a_____b"), Some(("a", "b")));
        for name in ["iov_iter___late", "____x", "a____", "a__b", "a"] {
            assert_eq!(parts(name), None, "{name}");
        }
    }
}
