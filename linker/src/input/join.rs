//! Joins all pieces of IR to one module.

use std::collections::HashSet;

use inkwell::module::Module;
use tracing::info;

use crate::ask::{foreign, marker};
use crate::error::{Error, Result};
use crate::input::{BUILTINS, Piece, Pieces, session::Session};
use crate::ir::{self, metadata::Metadata};

/// All inputs as one module.
pub(crate) struct Joined<'s> {
    pub(crate) module: Module<'s>,
    /// Whether there are relocations in it, of Rust or C.
    pub(crate) relocated: bool,
}

/// Joins the pieces. Of the libraries of Rust crates, and so of `core`, what nobody uses is not even
/// read: `exports` are the symbols that stay visible.
///
/// # Errors
/// When one cannot be read or lacks debug info that its relocations need, when two define one
/// symbol, and when they have two byte orders.
pub(crate) fn join<'s>(
    session: &'s Session,
    pieces: &Pieces<'_>,
    exports: &[String],
) -> Result<Joined<'s>> {
    let mut join = Join {
        session,
        joined: Joined {
            module: session.module("linked_module"),
            relocated: false,
        },
        first_of: [None, None],
    };
    let (mut waiting, taken): (Vec<_>, Vec<_>) =
        pieces.all.iter().partition(|piece| piece.defines.is_some());
    for piece in taken {
        join.add(piece)?;
    }
    let exports = exports.iter().map(String::as_bytes);
    let builtins = BUILTINS.iter().map(|name| name.as_bytes());
    let roots: HashSet<&[u8]> = exports
        .chain(builtins)
        .chain(pieces.wanted.iter().copied())
        .collect();
    loop {
        let wanted = undefined(&join.joined.module);
        let is_wanted = |piece: &&Piece<'_>| {
            let mut defines = piece.defines.iter().flatten();
            defines.any(|symbol| roots.contains(symbol) || wanted.contains(*symbol))
        };
        let (taken, left): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_wanted);
        if taken.is_empty() {
            waiting = left;
            break;
        }
        for piece in taken {
            join.add(piece)?;
        }
        waiting = left;
    }
    // One crate with debug info is enough, and may be one that nobody calls.
    let module = &join.joined.module;
    if join.joined.relocated && Metadata::of(module).units(module).is_empty() {
        for piece in waiting {
            join.add(piece)?;
        }
    }
    Ok(join.joined)
}

/// The symbols that a module names and lacks.
fn undefined(module: &Module<'_>) -> HashSet<Vec<u8>> {
    let symbols = ir::functions(module).chain(ir::globals(module));
    let undefined = symbols.filter(|symbol| symbol.is_declaration() && symbol.is_used());
    undefined.map(|symbol| symbol.name().to_vec()).collect()
}

/// The pieces that are joined already.
struct Join<'s, 'p> {
    session: &'s Session,
    joined: Joined<'s>,
    /// The first piece of each byte order.
    first_of: [Option<&'p str>; 2],
}

impl<'p> Join<'_, 'p> {
    fn add(&mut self, piece: &'p Piece<'_>) -> Result<()> {
        info!("linking {}", piece.name);
        let part = self.session.parse(piece)?;
        let has_relocations = marker::present(&part) || foreign::present(&part);
        if let Some(why) = self
            .session
            .take_lost_debug_info()
            .filter(|_| has_relocations)
        {
            return Err(lost_debug_info(piece, &why));
        }
        self.joined.relocated |= has_relocations;
        foreign::isolate(&part);
        let big = is_big_endian(&part);
        self.first_of[usize::from(big)].get_or_insert(&piece.name);
        if let [Some(little), Some(big)] = self.first_of {
            return Err(of_two_byte_orders(little, big));
        }
        self.session.link(&piece.name, part, &self.joined.module)
    }
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
    .help("build it with LLVM 14 or newer, and change the IR only by LLVM's tools")
}

fn of_two_byte_orders(little: &str, big: &str) -> Error {
    Error::new("the inputs have two byte orders")
        .note(format!("`{little}` is for `bpfel`, `{big}` for `bpfeb`"))
        .help("build all of them for one target: `clang -target bpf` takes the byte order of the machine")
}
