use bpf_core::*;

enum Mine {
    A,
}

fn read() -> u32 {
    core_enum_value!(Mine::A)
//~                  ^^^^
}

fn main() {
    read();
    let _ = Mine::A;
}
