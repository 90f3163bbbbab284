//! Names and types that C does not have.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[derive(Clone, Copy)]
#[repr(u32)]
enum Kind<const N: usize> {
    Größe = 3,
    Länge = 5,
}

struct Maß<T> {
    größe: T,
    art: Kind<7>,
}

static ÜBER: u64 = 4;

#[inline(never)]
fn gemessen<T: Copy + Into<u64>>(maß: &Maß<T>, größer: u64) -> u64 {
    maß.größe.into() + maß.art as u64 + größer
}

program!(|n| {
    let art = if n == 0 { Kind::Größe } else { Kind::Länge };
    let maß = core::hint::black_box(Maß {
        größe: n as u32,
        art,
    });
    gemessen(&maß, unsafe { (&raw const ÜBER).read_volatile() })
});
