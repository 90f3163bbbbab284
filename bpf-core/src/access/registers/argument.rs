//! The registers that hold arguments: of a function and of a system call, on each architecture.

use super::{Registers, register};
use crate::{core_read, error::ReadError, sealed::Sealed};

/// The registers in which a function of the kernel, or of a process, gets its arguments.
#[derive(Debug)]
pub enum FunctionCall {}

/// The registers in which a system call gets its arguments.
#[derive(Debug)]
pub enum SystemCall {}

impl Sealed for FunctionCall {}
impl Sealed for SystemCall {}

/// The register of argument `N`, counted from 1.
#[diagnostic::on_unimplemented(
    message = "argument {N} is in no register",
    label = "no argument in a register",
    note = "arguments are counted from 1: a function has 8 in registers on `arm64` and 6 on `x86_64`, a system call \
            has 6"
)]
pub trait Argument<const N: usize>: Sealed {
    #[doc(hidden)]
    fn read(regs: impl Registers) -> Result<u64, ReadError>;
}

macro_rules! arguments {
    ($($convention:ident $n:literal: $($x86_64:ident)?, $arm64:ident $([$i:literal])?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Argument<$n> for $convention {
            #[inline(always)]
            fn read(regs: impl Registers) -> Result<u64, ReadError> {
                register(
                    || arguments!(@x86_64 regs $($x86_64)?),
                    || core_read!(regs, $arm64 $([$i])?),
                )
            }
        }
    )*};
    (@x86_64 $regs:ident $register:ident) => { core_read!($regs, $register) };
    (@x86_64 $regs:ident) => { Ok(None) };
}

arguments! {
    FunctionCall 1: di, regs[0];
    FunctionCall 2: si, regs[1];
    FunctionCall 3: dx, regs[2];
    FunctionCall 4: cx, regs[3];
    FunctionCall 5: r8, regs[4];
    FunctionCall 6: r9, regs[5];
    FunctionCall 7: , regs[6];
    FunctionCall 8: , regs[7];
    SystemCall 1: di, orig_x0;
    SystemCall 2: si, regs[1];
    SystemCall 3: dx, regs[2];
    SystemCall 4: r10, regs[3];
    SystemCall 5: r8, regs[4];
    SystemCall 6: r9, regs[5];
}
