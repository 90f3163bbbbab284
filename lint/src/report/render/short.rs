//! A line for each finding.

use std::fmt::Write as _;

use super::{Page, severity};
use crate::report::sink::Report;

pub(super) fn render(page: &mut Page, reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports {
        let finding = &report.finding;
        let span = &finding.primary.span;
        let region = page.region(span);
        let path = page.shown(span.source.path());
        let place = region.map_or(String::new(), |region| {
            format!("{}:{}:", region.start.line, region.start.column)
        });
        let (severity, rule) = (severity(report.level), finding.rule);
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{path}:{place} {severity}[{rule}]: {}",
            finding.message
        );
    }
    out
}
