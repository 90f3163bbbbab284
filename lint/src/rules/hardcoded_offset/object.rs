//! `hardcoded-offset` in eBPF objects.

use bpf_core_flow::Step;
use bpf_core_kernel_facts::types::is_kernel_struct;

use crate::front::object::{Address, Object, Use};
use crate::rules::{Finding, words};

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    let mut seen = Vec::new();
    for address in &view.addresses {
        let start = Step { bytes: 0, at: 0 };
        let first = (start, address.span.clone());
        let steps = match &address.steps[..] {
            // The first field of a struct needs a record as well, if it is one.
            [] if address.is_start && address.by == Use::Direct && is_struct(address) => &[first],
            steps => steps,
        };
        for (step, span) in steps {
            if seen.contains(&(step.bytes, span)) {
                continue;
            }
            let pointer = words::pointer(address.name.as_deref());
            let from = words::origin(address.origin);
            let mut finding = super::finding(span, &step.bytes.to_string(), &pointer)
                .note(format!("the pointer is from {from}"))
                .help(super::READ_BY_NAME);
            if address.is_inlined {
                finding = finding.note(words::INLINED);
            }
            if *span != address.span {
                finding = finding.also(address.span.clone(), "read here");
            }
            findings.push(finding);
        }
        seen.extend(address.steps.iter().map(|(step, span)| (step.bytes, span)));
    }
}

fn is_struct(address: &Address) -> bool {
    address.name.as_deref().is_some_and(is_kernel_struct)
}
