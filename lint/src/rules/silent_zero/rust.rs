//! `silent-zero` in Rust crates.

use crate::front::facts::AtZero;
use crate::front::rust::Crate;
use crate::front::rust::view::Decision;
use crate::rules::Finding;
use crate::rules::{unchecked_read, zero_on_failure};

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for fallback in &function.fallbacks {
            let turned_away = |one: &Decision| one.zero == AtZero::TurnedAway;
            let checked = fallback.is_pointer && !fallback.decisions.is_empty()
                || fallback.decisions.iter().any(turned_away);
            if checked || zero_on_failure::rust::decision(krate, index, fallback).is_some() {
                continue;
            }
            let read = &function.reads[fallback.read];
            if !read.fills {
                findings.push(super::finding(&function.span(&fallback.span), &read.callee));
            } else if let Some(buffer) = &read.buffer
                && unchecked_read::rust::wants(&krate.facts, function, read)
            {
                let span = function.span(&read.span);
                findings.push(super::ignored(&span, &read.callee, &format!("`{buffer}`")));
            }
        }
    }
}
