//! A call of a method of `&dyn`.
#![no_std]
#![no_main]

use constructs_ebpf::program;

trait Shape {
    fn area(&self) -> u64;
}
struct Square(u64);
struct Line(u64);
impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}
impl Shape for Line {
    #[inline(never)]
    fn area(&self) -> u64 {
        self.0 >> 60
    }
}

program!(|which, n| {
    let (square, line) = (Square(n), Line(n));
    let shape: &dyn Shape = if which == 0 { &square } else { &line };
    core::hint::black_box(shape).area()
});
