use bpf_core::*;

fn main() {
    core_type_matches::<u32>();
//~                     ^^^
}
