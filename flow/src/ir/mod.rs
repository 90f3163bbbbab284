//! The one view of LLVM IR: values, constants, the way of an address, relocations, lines of the source. The
//! linter reads IR through it, and so does the linker.

mod constant;
pub mod relocation;
pub mod source;
mod value;
mod way;

pub use value::{Value, functions, globals};
pub use way::Step;
