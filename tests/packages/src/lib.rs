//! Packages the crates that users install, and tries them, as a registry would hand them out.
//! `cargo test -p packages` needs LLVM 22, and builds the linker and the linter anew.

#[cfg(test)]
mod install;
