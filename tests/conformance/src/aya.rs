//! aya's resolver, `aya-obj`.

use std::error::Error;
use std::panic::{self, AssertUnwindSafe};

use aya_obj::Object;
use aya_obj::btf::Btf;

use crate::Programs;

/// Why aya gives no programs.
#[derive(Debug)]
pub enum Failure {
    /// It returns this error, with its causes.
    Refused(String),
    /// It panics with these words.
    Panics(String),
}

/// Loads an ELF object for a kernel with these types. aya asks no module.
pub fn relocate(object: &[u8], kernel: &[u8]) -> Result<Programs, Failure> {
    let relocated = panic::catch_unwind(AssertUnwindSafe(|| try_relocate(object, kernel)));
    match relocated {
        Ok(Ok(programs)) => Ok(programs),
        Ok(Err(error)) => Err(Failure::Refused(causes(&*error))),
        Err(payload) => Err(Failure::Panics(match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload.downcast_ref::<&str>().unwrap_or(&"").to_string(),
        })),
    }
}

fn try_relocate(object: &[u8], kernel: &[u8]) -> Result<Programs, Box<dyn Error>> {
    let mut object = Object::parse(object)?;
    let kernel = Btf::parse(kernel, object.endianness)?;
    object.relocate_btf(&kernel)?;
    let programs = object.programs.iter().map(|(name, program)| {
        let function = &object.functions[&program.function_key()];
        let bytes = function.instructions.iter().flat_map(|insn| {
            let [a, b] = insn.off.to_le_bytes();
            let [c, d, e, f] = insn.imm.to_le_bytes();
            [
                insn.code,
                insn.src_reg() << 4 | insn.dst_reg(),
                a,
                b,
                c,
                d,
                e,
                f,
            ]
        });
        (name.clone(), bytes.collect())
    });
    Ok(programs.collect())
}

fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
