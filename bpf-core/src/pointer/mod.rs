//! The types of pointers, how the memory behind each is read, and how one is made of another.

pub(crate) mod base;
pub(crate) mod cast;
pub(crate) mod container;
pub(crate) mod context;
mod helper;
pub(crate) mod kind;
pub(crate) mod recast;
pub mod space;
pub(crate) mod trusted;
pub(crate) mod user;
