//! `moved-argument` in Rust crates.

use crate::front::rust::Crate;
use crate::rules::Finding;

/// Findings count from 1.
const COUNTED: &str = "`ctx.arg(0)` and `pt_regs_parm::<1, _>` are argument 1";

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for used in &krate.arguments {
        // Of several programs on one function, the loader takes the one that fits.
        let taken = used.of_programs.iter().filter(|one| !one.has_alternative);
        let found: Vec<_> = taken
            .map(|taken| super::in_source(taken, COUNTED))
            .collect();
        // What several programs share may be for one of them only.
        if !used.is_in_branch || found.iter().all(Option::is_some) {
            findings.extend(found.into_iter().flatten().next());
        }
    }
}
