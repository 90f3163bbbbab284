//! Bytecode.

use bpf_core_flow::finding::{READ_BY_NAME, hardcoded_offset};
use bpf_core_flow::{Pointer, Step};
use bpf_core_kernel_facts::types::is_kernel_struct;

use crate::front::object::{Address, Object, Use};
use crate::rules::Finding;

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
            let pointer = Pointer::new(address.origin, address.name.as_deref());
            let finding = Finding::new(
                super::RULE.name,
                span.clone(),
                hardcoded_offset(&pointer, *step),
            )
            .label("a constant in the program, without a CO-RE record")
            .note(format!("the pointer is from {}", address.origin.words()))
            .help(READ_BY_NAME);
            let finding = match address.is_inlined {
                true => finding.note(
                    "it is inlined code of a library; this line of the program is the nearest",
                ),
                false => finding,
            };
            findings.push(if *span == address.span {
                finding
            } else {
                finding.also(address.span.clone(), "read here")
            });
        }
        seen.extend(address.steps.iter().map(|(step, span)| (step.bytes, span)));
    }
}

fn is_struct(address: &Address) -> bool {
    address.name.as_deref().is_some_and(is_kernel_struct)
}
