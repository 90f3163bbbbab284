//! What the loaders of a project do: hooks that they ask for, and objects that they load.

mod hooks;
#[path = "../libclang/mod.rs"]
mod libclang;
mod objects;
#[path = "../project/mod.rs"]
mod project;
