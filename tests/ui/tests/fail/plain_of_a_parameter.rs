use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Pair<T>(T, T);
//~         ^

fn main() {}
