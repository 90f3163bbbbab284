//! In what the verifiers of different kernels differ, as far as it decides which instructions they visit.

use bpf_core_catalogue::Kernel;

/// What the verifier of a kernel can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Verifier {
    /// Knows a number of less than 8 bytes again that was put onto the stack (5.16, and booted kernels of
    /// 5.10.223 and later).
    pub(super) keeps_narrow_spills: bool,
    /// Knows an immediate again that was put onto the stack (6.3).
    pub(super) keeps_immediates: bool,
    /// Knows the low bytes of a number that was put onto the stack (6.9).
    pub(super) keeps_narrow_fills: bool,
    /// Verifies a global function only if it sees a call (6.8).
    pub(super) is_lazy: bool,
}

impl Verifier {
    pub(super) fn of(kernel: &Kernel) -> Self {
        let is_5_10_from_223 = ([5, 10, 223]..[5, 11, 0]).contains(&kernel.numbers());
        let since = |major, minor| kernel.numbers() >= [major, minor, 0];
        Self {
            keeps_narrow_spills: since(5, 16) || is_5_10_from_223,
            keeps_immediates: since(6, 3),
            keeps_narrow_fills: since(6, 9),
            is_lazy: since(6, 8),
        }
    }
}
