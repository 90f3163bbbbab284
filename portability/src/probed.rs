//! What booted kernels said, carried over to kernels that were not asked.
//!
//! A kernel takes what an older one takes, so one between two kernels that gave the same answer gives that
//! answer too; one that is newer than a kernel that takes a thing takes it; and one that is older than a
//! kernel that does not take it does not. All else is not known.

use bpf_core_catalogue::{Kernel, KernelSet};
use bpf_core_kernel_facts::probed::{self, Asked, Question};

/// The kernels of a catalogue, each with those that were asked and are next to it.
#[derive(Debug)]
pub(crate) struct Probed {
    neighbours: Vec<Neighbours>,
}

/// Numbers of kernels that were asked. Both are the same if the kernel itself was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Neighbours {
    older: Option<u32>,
    newer: Option<u32>,
}

/// Which kernels take a thing.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) yes: KernelSet,
    pub(crate) no: KernelSet,
}

impl Probed {
    pub(crate) fn new(kernels: &[Kernel]) -> Self {
        let asked: Vec<(Kernel, u32)> = probed::asked().map(kernel).zip(0..).collect();
        let neighbours = kernels.iter().map(|kernel| Neighbours::of(kernel, &asked));
        Self {
            neighbours: neighbours.collect(),
        }
    }

    /// Of these kernels, which gave the answer, and which another one.
    pub(crate) fn said(&self, question: Question<'_>, answer: &str, of: &KernelSet) -> Taken {
        let (yes, heard) = (probed::said(question, answer), probed::heard(question));
        let mut taken = Taken::default();
        for kernel in of.iter() {
            match self.neighbours[kernel].answer(yes, heard) {
                Some(true) => taken.yes.insert(kernel),
                Some(false) => taken.no.insert(kernel),
                None => {}
            }
        }
        taken
    }
}

fn kernel(asked: Asked) -> Kernel {
    let mut kernel = Kernel::new("", asked.architecture);
    asked.version.clone_into(&mut kernel.version);
    asked.flavour.clone_into(&mut kernel.flavour);
    kernel
}

impl Neighbours {
    fn of(kernel: &Kernel, asked: &[(Kernel, u32)]) -> Self {
        let itself = asked.iter().find(|(other, _)| {
            (&other.version, &other.architecture, &other.flavour)
                == (&kernel.version, &kernel.architecture, &kernel.flavour)
        });
        if let Some((_, number)) = itself {
            return Self {
                older: Some(*number),
                newer: Some(*number),
            };
        }
        let numbers = kernel.numbers();
        let of_architecture =
            |(other, _): &&(Kernel, u32)| other.architecture == kernel.architecture;
        let is_known = asked.iter().any(|other| of_architecture(&other));
        let others = asked
            .iter()
            .filter(|other| !is_known || of_architecture(other));
        let flavour = |other: &Kernel| other.flavour == kernel.flavour;
        let older = others
            .clone()
            .filter(|(other, _)| other.numbers() <= numbers)
            .max_by_key(|(other, _)| (other.numbers(), flavour(other)));
        let newer = others
            .filter(|(other, _)| other.numbers() >= numbers)
            .min_by_key(|(other, _)| (other.numbers(), !flavour(other)));
        Self {
            older: older.map(|(_, number)| *number),
            newer: newer.map(|(_, number)| *number),
        }
    }

    fn answer(self, yes: u64, heard: u64) -> Option<bool> {
        let of = |number: Option<u32>| {
            let bit = 1 << number?;
            (heard & bit != 0).then_some(yes & bit != 0)
        };
        match (of(self.older), of(self.newer)) {
            (Some(true), Some(true) | None) => Some(true),
            (Some(false) | None, Some(false)) => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: &str, architecture: &str, flavour: &str) -> Kernel {
        kernel(Asked {
            version: &*version.to_owned().leak(),
            architecture: &*architecture.to_owned().leak(),
            flavour: &*flavour.to_owned().leak(),
        })
    }

    fn asked() -> Vec<(Kernel, u32)> {
        let kernels = [
            of("5.10.223-1", "amd64", "cloud"),
            of("6.1.176-1", "amd64", ""),
            of("6.1.176-1", "amd64", "rt"),
            of("6.12.43-1", "amd64", ""),
            of("6.12.43-1", "arm64", ""),
        ];
        kernels.into_iter().zip(0..).collect()
    }

    #[test]
    fn neighbours_are_of_the_same_architecture() {
        let next = |version, architecture, flavour| {
            let Neighbours { older, newer } =
                Neighbours::of(&of(version, architecture, flavour), &asked());
            (older, newer)
        };
        assert_eq!(next("6.1.176-1", "amd64", "rt"), (Some(2), Some(2)));
        assert_eq!(next("6.6.1", "amd64", "rt"), (Some(2), Some(3)));
        assert_eq!(next("6.6.1", "amd64", ""), (Some(1), Some(3)));
        assert_eq!(next("5.15.1", "amd64", "rt"), (Some(0), Some(2)));
        assert_eq!(next("6.6.1", "arm64", ""), (None, Some(4)));
        assert_eq!(next("7.0.1", "amd64", ""), (Some(3), None));
        // Nobody asked an s390x: all others count.
        assert_eq!(next("5.15.1", "s390x", ""), (Some(0), Some(1)));
    }

    #[test]
    fn answers_go_from_neighbours_to_those_between_them() {
        let answer = |older, newer, yes| Neighbours { older, newer }.answer(yes, 0b11);
        assert_eq!(answer(Some(0), Some(0), 0b01), Some(true));
        assert_eq!(answer(Some(0), Some(1), 0b11), Some(true));
        assert_eq!(answer(Some(0), Some(1), 0b10), None);
        assert_eq!(answer(Some(0), Some(1), 0b00), Some(false));
        assert_eq!(answer(Some(0), None, 0b01), Some(true));
        assert_eq!(answer(Some(0), None, 0b00), None);
        assert_eq!(answer(None, Some(1), 0b00), Some(false));
        assert_eq!(answer(None, Some(1), 0b10), None);
        // The third was not asked this.
        assert_eq!(answer(Some(0), Some(2), 0b01), Some(true));
        assert_eq!(answer(Some(2), Some(2), 0b01), None);
    }
}
