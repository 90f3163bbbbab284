//! Reads this repository's own files, and tests what ARCHITECTURE.md and CONTRIBUTING.md say of
//! them. `cargo test -p tidy` takes a second and needs no LLVM.
//!
//! - `walls.rs`: which package may depend on which, and which on LLVM
//! - `sources.rs`: what must not stand in Rust sources: printing, IO in `btf`, stubs, a `core`
//! - `order.rs`: which module of a crate may use which; `circles.rs`: files that use each other
//! - `lengths.rs`: how long a file may be, and what it starts with
//! - `lists.rs`: pages, rows and names that have to be there for each rule, example and kind
//! - `gates.rs`: a gate runs the tests of each package
//! - `map.rs`: the tables of ARCHITECTURE.md
//! - `manifests.rs`: the packages' `Cargo.toml`
//!
//! Each file has its exceptions in a list at its top. An exception that nothing needs any more is an
//! error too.

#[cfg(test)]
mod circles;
#[cfg(test)]
mod files;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod lengths;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod map;
#[cfg(test)]
mod order;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod walls;
