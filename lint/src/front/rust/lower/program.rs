//! Reads the attributes that make a function a program.

use bpf_core_kernel_facts as facts;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

use crate::front::rust::view::Program;

/// The program that an attribute makes: one of aya's, or `link_section` with the section of one.
pub(super) fn of_attribute(attribute: &Attribute) -> Option<Program> {
    let name = attribute.path().segments.last()?.ident.to_string();
    if name == "link_section" || name == "unsafe" {
        return section(&attribute.meta);
    }
    let target = target(attribute);
    let program = facts::Program::of_attribute(&name, &target)?;
    Some(Program {
        section: program.section,
        kind: name,
        target,
    })
}

/// `function = "tcp_connect"`, `hook = ".."`, `category = "sched", name = "sched_switch"`.
fn target(attribute: &Attribute) -> String {
    let list = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let arguments = list.unwrap_or_default();
    let of = |name: &str| {
        let mut named = arguments.iter().filter(|one| one.path().is_ident(name));
        named.find_map(text)
    };
    let name = ["function", "hook", "tracepoint", "name"]
        .into_iter()
        .find_map(of);
    match (of("category"), name) {
        (Some(category), Some(name)) => format!("{category}/{name}"),
        (_, name) => name.unwrap_or_default(),
    }
}

/// `link_section = "raw_tp/sys_enter"`, and the same in `unsafe(..)`.
fn section(meta: &Meta) -> Option<Program> {
    let text = match meta {
        Meta::List(list) => {
            let inner = list.parse_args::<Meta>().ok()?;
            inner
                .path()
                .is_ident("link_section")
                .then(|| text(&inner))??
        }
        meta => text(meta)?,
    };
    let program = facts::Program::of_section(&text)?;
    Some(Program {
        kind: program.section.name.trim_end_matches('+').to_owned(),
        section: program.section,
        target: program.target.to_owned(),
    })
}

fn text(meta: &Meta) -> Option<String> {
    match &meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of_attribute;

    fn program(attribute: &str) -> Option<(String, String)> {
        let item: syn::ItemFn = syn::parse_str(&format!("{attribute} fn x() {{}}")).unwrap();
        let program = item.attrs.iter().find_map(of_attribute)?;
        Some((program.kind, program.target))
    }

    #[test]
    fn reads_attributes() {
        for (attribute, kind, target) in [
            ("#[kprobe]", "kprobe", ""),
            (
                "#[kprobe(function = \"tcp_connect\", offset = \"4\")]",
                "kprobe",
                "tcp_connect",
            ),
            (
                "#[aya_ebpf::macros::lsm(hook = \"file_open\", sleepable)]",
                "lsm",
                "file_open",
            ),
            (
                "#[tracepoint(category = \"sched\", name = \"sched_switch\")]",
                "tracepoint",
                "sched/sched_switch",
            ),
            (
                "#[raw_tracepoint(tracepoint = \"sys_enter\")]",
                "raw_tracepoint",
                "sys_enter",
            ),
            ("#[cgroup_sock_addr(connect6)]", "cgroup_sock_addr", ""),
            (
                "#[unsafe(link_section = \"struct_ops/init\")]",
                "struct_ops",
                "init",
            ),
            (
                "#[link_section = \"?fentry.s/vfs_read\"]",
                "fentry.s",
                "vfs_read",
            ),
        ] {
            let expected = (kind.to_owned(), target.to_owned());
            assert_eq!(program(attribute), Some(expected), "{attribute}");
        }
        for attribute in [
            "#[inline(never)]",
            "#[unsafe(no_mangle)]",
            "#[unsafe(link_section = \".maps\")]",
        ] {
            assert_eq!(program(attribute), None, "{attribute}");
        }
    }
}
