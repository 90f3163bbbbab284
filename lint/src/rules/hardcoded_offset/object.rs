//! `hardcoded-offset` in eBPF objects.

use bpf_core_kernel_facts::types::is_kernel_struct;

use crate::front::object::{Address, Constant, Object, Use};
use crate::rules::{Finding, words};
use crate::span::Span;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(i64, &Span)> = Vec::new();
    for address in &view.addresses {
        let first = Constant {
            bytes: 0,
            span: address.span.clone(),
            leads_to: address.first.clone(),
        };
        let constants = match &address.constants[..] {
            // The first field of a struct needs a record as well, if it is one.
            [] if address.is_start && address.by == Use::Direct && is_struct(address) => &[first],
            constants => constants,
        };
        for constant in constants {
            let name = address.name.as_deref();
            let target = constant.leads_to.as_ref();
            if seen.contains(&(constant.bytes, &constant.span)) || super::is_fixed(name, target) {
                continue;
            }
            let pointer = words::pointer(name);
            let from = words::origin(address.origin);
            let mut finding = super::finding(&constant.span, &constant.bytes.to_string(), &pointer)
                .note(format!("the pointer is from {from}"))
                .help(super::READ_BY_NAME);
            if let Some(target) = target {
                finding = finding.note(super::there(target));
            }
            if address.is_inlined {
                finding = finding.note(words::INLINED);
            }
            if constant.span != address.span {
                finding = finding.also(address.span.clone(), "read here");
            }
            findings.push(finding);
        }
        let told = address.constants.iter();
        seen.extend(told.map(|one| (one.bytes, &one.span)));
    }
}

fn is_struct(address: &Address) -> bool {
    address.name.as_deref().is_some_and(is_kernel_struct)
}
