//! How messages name a kernel pointer and where it comes from, in all rules and languages.

use bpf_core_flow::Origin;

use crate::front::c::view::SourceKind;
use crate::known::Several;

/// A pointer to kernel memory, by the struct that it points to.
pub(super) fn pointer(name: Option<&str>) -> String {
    match name {
        None | Some("") => "a kernel pointer".to_owned(),
        Some(name) => format!("a pointer to `{name}`"),
    }
}

/// What a pointer of a compiled program comes from, as the end of "a pointer from ...".
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::CurrentTask => "`bpf_get_current_task`",
        Origin::CurrentTaskBtf => "`bpf_get_current_task_btf`",
        Origin::Typed => "a function of the kernel",
        Origin::Argument | Origin::TrustedArgument => "the context",
        Origin::ProbeRead | Origin::Load | Origin::Several => "kernel memory",
    }
}

/// What a pointer of a C file comes from.
pub(super) fn source(what: &SourceKind) -> String {
    match what {
        SourceKind::Helper(name) => format!("`{name}()`"),
        SourceKind::Parameter(name, section) => format!("argument `{name}` of `{section}`"),
        SourceKind::Context(section) => format!("the context of `{section}`"),
        SourceKind::Member(field, record) => format!("`{field}` of `{record}`"),
    }
}

/// What several kernels have: `SKB_DROP_REASON_NO_SOCKET is 2 on 5.17.0 and later, 3 on ...`.
pub(super) fn several(name: &str, values: &[Several]) -> String {
    const SHOWN: usize = 3;
    let texts = values.iter().take(SHOWN);
    let mut texts: Vec<String> = texts
        .map(|one| format!("{} on {}", one.value, one.kernels))
        .collect();
    if values.len() > SHOWN {
        texts.push(format!("{} more", values.len() - SHOWN));
    }
    format!("{name} is {}", texts.join("; "))
}

/// Where several kernels have something: `tgid of task_struct is at 2492 on 6.1.176, at 2516 on ...`.
pub(super) fn places(what: &str, values: &[Several]) -> String {
    let (first, rest) = match values {
        [] => return format!("{what} is on no supported kernel"),
        [one] if one.is_everywhere() => {
            return format!("{what} is at {} on every supported kernel", one.value);
        }
        [one] => {
            return format!(
                "{what} is at {} on {}, and not there on others",
                one.value, one.kernels
            );
        }
        [first, rest @ ..] => (first, rest),
    };
    let shown = rest.iter().take(2);
    let mut texts = vec![format!("{what} is at {} on {}", first.value, first.kernels)];
    texts.extend(shown.map(|one| format!("at {} on {}", one.value, one.kernels)));
    if rest.len() > 2 {
        texts.push(format!("at {} other places elsewhere", rest.len() - 2));
    }
    texts.join("; ")
}

/// How kernels differ in a member of a struct, or, without a path, in the size of the struct.
pub(super) fn differs((record, path): (&str, &str), values: &[Several]) -> String {
    match path {
        "" => several(&format!("the size of `{record}`"), values),
        _ => places(&format!("`{path}` of `{record}`"), values),
    }
}

/// The note where a place is near only.
pub(super) const INLINED: &str =
    "it is inlined code of a library; this line of the program is the nearest";

/// The label at the place that a pointer comes from.
pub(super) const COMES_FROM: &str = "the pointer comes from here";
