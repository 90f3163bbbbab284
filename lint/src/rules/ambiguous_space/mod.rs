//! `ambiguous-space`: a helper that does not say whose memory it reads gets a pointer of the process.

use bpf_core_kernel_facts::{Context, Program};

use super::{Finding, Group, Level, Rule, words};
use crate::front::c::view::{Home, Origin, Pointer, Read, SourceKind, View};
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
        if read.space != Space::Either
            || pointer.origin != Origin::User
            || is_handed_over(read, pointer)
        {
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

/// Whether a process hands a pointer to the kernel's own memory over to a probe of itself: nothing in the process has
/// such a struct.
fn is_handed_over(read: &Read, pointer: &Pointer) -> bool {
    let record = read.hops.first().and_then(|hop| hop.record.as_ref());
    let section = pointer.source.as_ref().map(|source| &source.what);
    let Some(SourceKind::Context(section) | SourceKind::Parameter(_, section)) = section else {
        return false;
    };
    let program = Program::of_section(section);
    program.is_some_and(|program| program.section.context == Context::UserRegisters)
        && record.is_some_and(|record| record.is_kernel() && record.home != Home::Project)
}
