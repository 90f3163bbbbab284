//! The front end for eBPF objects: ELF with `.BTF`, `.BTF.ext` and bytecode.
//!
//! - `elf.rs`, `insn.rs`: bytes to code.
//! - `types.rs`: what the object's types and CO-RE records say.
//! - `state.rs`, `step.rs`, `flow.rs`: pointers from where the kernel hands them out to where the
//!   program uses them.
//! - `lines.rs`: back to the source.
//! - `view.rs`: what rules see.

mod elf;
mod flow;
mod insn;
mod lines;
mod state;
mod step;
mod types;
mod view;

use std::path::Path;

use bpf_core_btf::{Btf, BtfExt, Endian};

pub use view::{Address, Function, IgnoredRead, Object, Use};

use self::elf::{Elf, Refusal};
use self::lines::Lines;
use self::types::Types;
use super::{Reading, View, contents};

/// No loader takes an object of this size.
const LARGEST: u64 = 64 << 20;

/// Reads an object.
pub(super) fn read(path: &Path) -> Reading {
    let mut reading = Reading {
        compiled: true,
        ..Reading::default()
    };
    let bytes = match contents::read(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    match elf::read(&bytes) {
        Ok((elf, endian)) => object(path, &elf, endian, &mut reading),
        Err(Refusal::Foreign) => reading.unreadable(path, "it is no eBPF object"),
        Err(Refusal::Damaged(why)) => {
            reading.unreadable(path, format!("damaged ELF file: {why}"));
        }
    }
    reading
}

fn object(path: &Path, elf: &Elf<'_>, endian: Endian, reading: &mut Reading) {
    let mut damaged = |section: &str, why: &dyn std::fmt::Display| {
        reading.unreadable(path, format!("damaged `{section}`: {why}"));
    };
    let btf = match elf.btf.map(Btf::parse) {
        Some(Err(error)) => return damaged(".BTF", &error),
        Some(Ok(btf)) if btf.endian() != endian => {
            return damaged(".BTF", &"its byte order is not that of the file");
        }
        Some(Ok(btf)) => Some(btf),
        None => None,
    };
    let ext = match elf.btf_ext.zip(btf.as_ref()) {
        Some((bytes, btf)) => match BtfExt::parse(bytes, btf) {
            Ok(ext) => Some(ext),
            Err(error) => return damaged(".BTF.ext", &error),
        },
        None => None,
    };
    let types = Types::new(btf.as_ref(), ext.as_ref());
    let found = match flow::run(elf, &types) {
        Ok(found) => found,
        Err(flow::TooLong) => {
            reading.unreadable(path, "following its pointers takes too long");
            return;
        }
    };
    let mut lines = Lines::new(path, ext.as_ref());
    let view = view::of(path, elf, &types, ext.as_ref(), &found, &mut lines);
    reading.views.push(View::Object(view));
    lines.sources.tell(reading);
}
