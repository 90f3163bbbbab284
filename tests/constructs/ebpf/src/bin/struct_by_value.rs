//! A struct that a function takes and gives.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[derive(Clone, Copy)]
struct Four {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

#[inline(never)]
fn turned(four: Four) -> Four {
    let Four { a, b, c, d } = four;
    Four {
        a: d,
        b: a,
        c: b,
        d: c,
    }
}

program!(|a, b| {
    let four = turned(Four { a, b, c: 3, d: 4 });
    four.a + 10 * four.b + 100 * four.c + 1000 * four.d
});
