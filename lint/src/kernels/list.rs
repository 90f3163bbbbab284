//! `kernels list`: the kernels that are known.

use super::Known;

/// A line for each kernel.
pub(super) fn list(known: &Known<'_>) -> String {
    let mut kernels: Vec<_> = known.kernels().iter().collect();
    kernels.sort_by_key(|kernel| (&kernel.architecture, kernel.numbers(), &kernel.flavour));
    let mut text = String::new();
    for kernel in &kernels {
        let line = format!(
            "{:8} {:38} {:22} {}",
            kernel.architecture, kernel.release, kernel.version, kernel.distribution
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{} kernels\n", kernels.len()));
    text
}
