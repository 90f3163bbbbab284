//! The types of Debian's kernels as one catalogue, for `bpf-core-catalogue`.
//!
//! ```
//! use bpf_core_catalogue::{Catalogue, KernelSet};
//!
//! let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
//! let all = KernelSet::first(catalogue.kernels().len());
//! // Linux 5.14 renamed `state` to `__state`.
//! let state = catalogue.field("task_struct", &["state"], &all)?;
//! for kernel in state.absent.iter() {
//!     assert!(catalogue.kernels()[kernel].numbers() >= [5, 14, 0]);
//! }
//! # Ok::<(), bpf_core_catalogue::OpenError>(())
//! ```
//!
//! `cargo xtask kernels catalogue` makes the file of the packages that `catalogue/debian/SHA256SUMS` pins: the
//! same bytes each time.
#![no_std]
#![forbid(unsafe_code)]

/// The bytes of the catalogue.
pub static CATALOGUE: &[u8] = include_bytes!("../debian.kernels");
