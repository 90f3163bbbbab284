//! Typed CO-RE access to kernel structs from Rust eBPF programs.
#![no_std]

pub mod descriptor;
