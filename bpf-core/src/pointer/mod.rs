//! The types of pointers, and how one is made of another.

pub(crate) mod cast;
pub(crate) mod container;
pub(crate) mod context;
pub(crate) mod kind;
pub(crate) mod recast;
pub(crate) mod trusted;
pub(crate) mod user;
