use bpf_core::*;

fn main() {
    core_type_exists::<u32>();
//~                    ^^^
}
