//! `ambiguous-space`: a helper that does not say whose memory it reads gets a pointer of the process.

use super::{Finding, Group, Level, Rule, words};
use crate::front::c::view::{Origin, View};
use crate::front::facts::Space;

/// The rule.
pub static RULE: Rule = Rule {
    name: "ambiguous-space",
    group: Group::Portability,
    level: Level::Warn,
    summary: "user memory read by a helper that some architectures take for kernel memory",
    page: include_str!("ambiguous-space.md"),
    c: Some(check),
    ..Rule::BARE
};

fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        let pointer = &view.source(read).pointer;
        if read.space != Space::Either || pointer.origin != Origin::User {
            continue;
        }
        let name = &read.name;
        let message = format!("`{name}` reads the process's memory on some architectures only");
        let mut found = Finding::new(RULE.name, read.span.clone(), message)
            .label("arm64 and s390x read the kernel's memory at this address");
        if let Some(source) = &pointer.source
            && !read.span.contains(&source.span)
        {
            let what = words::source(&source.what);
            found = found.also(source.span.clone(), format!("it comes from {what}"));
        }
        findings.push(found.help(match name.starts_with("BPF_") {
            true => "use `BPF_PROBE_READ_USER`",
            false if name.ends_with("_str") => "use `bpf_probe_read_user_str`",
            false => "use `bpf_probe_read_user`",
        }));
    }
}
