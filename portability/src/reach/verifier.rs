//! In what the verifiers of different kernels differ, as far as it decides which instructions they visit.

use std::cell::Cell;

use bpf_core_catalogue::Kernel;

/// What not every verifier does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Feature {
    /// Knows a number of less than 8 bytes again that was put onto the stack (5.16, and booted kernels of
    /// 5.10.223 and later).
    NarrowSpills = 1,
    /// Knows an immediate again that was put onto the stack (6.3).
    Immediates = 2,
    /// Knows the low bytes of a number that was put onto the stack (6.9).
    NarrowFills = 4,
    /// Verifies a global function only if it sees a call (6.8).
    LazyGlobals = 8,
    /// Knows that an array has the element of a constant key (6.14).
    ConstantKeys = 16,
    /// Knows the bounds of the negative of a number (6.17).
    Negation = 32,
}

/// Features, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Features(u8);

impl Features {
    pub(super) fn of(kernel: &Kernel) -> Self {
        let numbers = kernel.numbers();
        let is_5_10_from_223 = ([5, 10, 223]..[5, 11, 0]).contains(&numbers);
        let since = |major, minor| numbers >= [major, minor, 0];
        let all = [
            (Feature::NarrowSpills, since(5, 16) || is_5_10_from_223),
            (Feature::Immediates, since(6, 3)),
            (Feature::NarrowFills, since(6, 9)),
            (Feature::LazyGlobals, since(6, 8)),
            (Feature::ConstantKeys, since(6, 14)),
            (Feature::Negation, since(6, 17)),
        ];
        let there = all.into_iter().filter(|(_, is_there)| *is_there);
        Self(there.fold(0, |bits, (feature, _)| bits | feature as u8))
    }

    /// Those of these that are among the others.
    pub(super) fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }
}

/// The verifier of a kernel, and what a walk has asked of it.
#[derive(Debug)]
pub(super) struct Verifier {
    features: Features,
    asked: Cell<Features>,
}

impl Verifier {
    pub(super) fn with(features: Features) -> Self {
        Self {
            features,
            asked: Cell::default(),
        }
    }

    pub(super) fn has(&self, feature: Feature) -> bool {
        let bit = feature as u8;
        self.asked.set(Features(self.asked.get().0 | bit));
        self.features.0 & bit != 0
    }

    /// The features that somebody has asked for.
    pub(super) fn asked(&self) -> Features {
        self.asked.get()
    }
}

#[cfg(test)]
mod tests {
    use bpf_core_kernel_facts::probed::{self, PERMISSIONS, Question};

    use super::*;

    /// A name that no kernel was asked about would be taken for something that none permits.
    #[test]
    fn kernels_were_asked_about_every_permission() {
        for name in PERMISSIONS {
            assert_ne!(probed::said(Question::Permission, name), 0, "{name}");
        }
    }

    #[test]
    fn booted_kernels_know_constant_keys_as_their_versions_say() {
        let said = probed::said(Question::Permission, "constant_key");
        for (asked, at) in probed::asked().zip(0..) {
            let mut kernel = Kernel::new("", asked.architecture);
            asked.version.clone_into(&mut kernel.version);
            let verifier = Verifier::with(Features::of(&kernel));
            let knows = verifier.has(Feature::ConstantKeys);
            assert_eq!(knows, said >> at & 1 != 0, "{}", asked.version);
        }
    }
}
