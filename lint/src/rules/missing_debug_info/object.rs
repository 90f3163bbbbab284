//! `missing-debug-info` in eBPF objects.

use super::BUILD_WITH_DEBUG_INFO;
use crate::front::object::Object;
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    let whole = || Span::rendered(&view.path, None, &view.path);
    if let Some(marker) = view.markers.first() {
        let message = "this object has `core_read!` without its relocations";
        let finding = Finding::new(super::RULE.name, whole(), message)
            .note(format!(
                "`{marker}` is undefined: a plain bpf-linker linked it"
            ))
            .help(
                "link with bpf-core-linker: `linker = \"bpf-core-linker\"` in `.cargo/config.toml`",
            );
        findings.push(finding);
        return;
    }
    let Some(first) = view.functions.first() else {
        return;
    };
    let lacks = match (view.has_btf, view.has_btf_ext) {
        (false, _) => ".BTF",
        (true, false) => ".BTF.ext",
        // One of its sources was compiled without.
        (true, true) => {
            for function in view.functions.iter().filter(|one| !one.has_debug_info) {
                let message = super::without(&function.name);
                let finding = Finding::new(super::RULE.name, function.span.clone(), message);
                findings.push(finding.help(BUILD_WITH_DEBUG_INFO));
            }
            return;
        }
    };
    let message = format!("this object reads kernel memory, and has no `{lacks}` section");
    let finding = Finding::new(super::RULE.name, whole(), message)
        .also(first.span.clone(), "kernel memory at a constant offset")
        .help(BUILD_WITH_DEBUG_INFO)
        .help("do not strip it: `llvm-strip -g` keeps BTF, `strip` does not");
    findings.push(finding);
}
