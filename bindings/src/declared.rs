//! A type that is declared: its fields, taken together over all kernels.

use bpf_core_catalogue::{KernelSet, NameSpace};

use crate::merge::Merged;

/// A struct or union, or a typedef of an unnamed one; or an enum.
pub(crate) type Key = (NameSpace, String);

/// One declared type.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) key: Key,
    /// The name is made up: the kernel has none.
    pub(crate) is_unnamed: bool,
    pub(crate) is_union: bool,
    /// The kernels that have it.
    pub(crate) on: KernelSet,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    /// Fields, newest kernels' order.
    Record(Vec<Field>),
    Enum {
        size: u32,
        is_signed: bool,
        enumerators: Vec<(String, u64, KernelSet)>,
    },
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// One for each kind; a flavour for each but the first.
    pub(crate) kinds: Vec<Merged>,
    /// The kernels where nothing can be declared for it, and why.
    pub(crate) left_out: Vec<(&'static str, KernelSet)>,
}
