//! Joins all pieces of IR to one module.

use inkwell::module::Module;
use tracing::info;

use crate::ask::{foreign, marker};
use crate::error::{Error, Result};
use crate::input::{Piece, session::Session};

/// All inputs as one module.
pub(crate) struct Joined<'s> {
    pub(crate) module: Module<'s>,
    /// Whether there are relocations in it, of Rust or C.
    pub(crate) relocated: bool,
}

/// Joins the pieces, in order.
///
/// # Errors
/// When one cannot be read or lacks debug info that its relocations need, when two define one
/// symbol, and when they are of both byte orders.
pub(crate) fn join<'s>(session: &'s Session, pieces: &[Piece<'_>]) -> Result<Joined<'s>> {
    let module = session.module("linked_module");
    let mut relocated = false;
    let mut first_of = [None, None];
    for piece in pieces {
        info!("linking {}", piece.name);
        let part = session.parse(piece)?;
        let has_relocations = marker::present(&part) || foreign::present(&part);
        if let Some(why) = session.take_lost_debug_info().filter(|_| has_relocations) {
            return Err(lost_debug_info(piece, &why));
        }
        relocated |= has_relocations;
        foreign::isolate(&part);
        let big = is_big_endian(&part);
        first_of[usize::from(big)].get_or_insert(&piece.name);
        if let [Some(little), Some(big)] = first_of {
            return Err(of_two_byte_orders(little, big));
        }
        session.link(&piece.name, part, &module)?;
    }
    Ok(Joined { module, relocated })
}

/// A data layout begins with the byte order.
fn is_big_endian(module: &Module<'_>) -> bool {
    let layout = module.get_data_layout();
    layout.as_str().to_bytes().starts_with(b"E")
}

fn lost_debug_info(piece: &Piece<'_>, why: &str) -> Error {
    Error::new(format!(
        "LLVM refuses the debug info of `{}`, which its relocations need",
        piece.name
    ))
    .note(why)
    .help(
        "build it with an LLVM that is not older than 14, and change the IR by nothing but LLVM's tools",
    )
}

fn of_two_byte_orders(little: &str, big: &str) -> Error {
    Error::new("the inputs are of both byte orders")
        .note(format!("`{little}` is for `bpfel`, `{big}` for `bpfeb`"))
        .help("build all of them for one target: `clang -target bpf` takes the byte order of the machine")
}
