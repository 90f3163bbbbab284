//! Finds out which LLVM wrote a bitcode file, by its identification block. LLVM says so in some of its errors
//! only, and the linker has to tell a damaged file from one of a newer LLVM.
//!
//! The format: <https://llvm.org/docs/BitCodeFormat.html>, "Bitstream Format" and
//! "IDENTIFICATION_BLOCK Contents".

/// The writer's own name and version, such as `LLVM22.1.8`.
pub(crate) fn producer(bitcode: &[u8]) -> Option<String> {
    const MAGIC: u64 = 0xdec0_4342;
    let mut bits = Bits {
        bytes: bitcode,
        at: 0,
    };
    if bits.fixed(32)? != MAGIC {
        return None;
    }
    let width = enter_identification(&mut bits)?;
    let mut abbreviations = Vec::new();
    loop {
        match bits.fixed(width)? {
            END_BLOCK | ENTER_BLOCK => return None,
            DEFINE_ABBREVIATION => abbreviations.push(definition(&mut bits)?),
            UNABBREVIATED => {
                let code = bits.variable(6)?;
                let count = bits.variable(6)?;
                let text = (0..count.min(LONGEST))
                    .map(|_| bits.variable(6))
                    .collect::<Option<_>>()?;
                if code == STRING {
                    return name(text);
                }
            }
            id => {
                let known = abbreviations.get(usize::try_from(id - FIRST_DEFINED).ok()?)?;
                let record = record(&mut bits, known)?;
                if let Some((&STRING, text)) = record.split_first() {
                    return name(text.to_vec());
                }
            }
        }
    }
}

/// The major version in a producer's name.
pub(crate) fn major(producer: &str) -> Option<u32> {
    let digits = producer.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

const END_BLOCK: u64 = 0;
const ENTER_BLOCK: u64 = 1;
const DEFINE_ABBREVIATION: u64 = 2;
const UNABBREVIATED: u64 = 3;
const FIRST_DEFINED: u64 = 4;

/// The record with the name, `IDENTIFICATION_CODE_STRING`.
const STRING: u64 = 1;

/// More than any name has; damaged files may claim anything.
const LONGEST: u64 = 256;

/// Goes into the identification block, which is the first; gives the width of ids in
/// it.
fn enter_identification(bits: &mut Bits<'_>) -> Option<u32> {
    const TOP_LEVEL_WIDTH: u32 = 2;
    const IDENTIFICATION: u64 = 13;
    if bits.fixed(TOP_LEVEL_WIDTH)? != ENTER_BLOCK || bits.variable(8)? != IDENTIFICATION {
        return None;
    }
    let width = bits.variable(4)?;
    bits.align();
    bits.fixed(32)?;
    u32::try_from(width)
        .ok()
        .filter(|width| (2..=32).contains(width))
}

#[derive(Clone, Copy)]
enum Operand {
    Literal(u64),
    Fixed(u32),
    Variable(u32),
    Array,
    Char6,
}

fn definition(bits: &mut Bits<'_>) -> Option<Vec<Operand>> {
    let count = bits.variable(5)?;
    (0..count.min(LONGEST))
        .map(|_| {
            if bits.fixed(1)? == 1 {
                return Some(Operand::Literal(bits.variable(8)?));
            }
            let encoding = bits.fixed(3)?;
            let mut width = || {
                u32::try_from(bits.variable(5)?)
                    .ok()
                    .filter(|width| *width <= 32)
            };
            match encoding {
                1 => Some(Operand::Fixed(width()?)),
                2 => Some(Operand::Variable(width()?)),
                3 => Some(Operand::Array),
                4 => Some(Operand::Char6),
                _ => None,
            }
        })
        .collect()
}

fn record(bits: &mut Bits<'_>, operands: &[Operand]) -> Option<Vec<u64>> {
    let mut values = Vec::new();
    let mut operands = operands.iter();
    while let Some(operand) = operands.next() {
        if matches!(operand, Operand::Array) {
            let element = operands.next()?;
            for _ in 0..bits.variable(6)?.min(LONGEST) {
                values.push(bits.operand(*element)?);
            }
        } else {
            values.push(bits.operand(*operand)?);
        }
    }
    Some(values)
}

fn name(text: Vec<u64>) -> Option<String> {
    let bytes = text
        .into_iter()
        .map(|c| u8::try_from(c).ok())
        .collect::<Option<Vec<_>>>()?;
    String::from_utf8(bytes).ok()
}

/// Reads bits from the lowest of each byte up.
struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn fixed(&mut self, width: u32) -> Option<u64> {
        let mut value = 0;
        for bit in 0..width {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn variable(&mut self, width: u32) -> Option<u64> {
        let more = 1 << width.checked_sub(1)?;
        let mut value = 0_u64;
        let mut shift = 0;
        loop {
            let chunk = self.fixed(width)?;
            value |= (chunk & (more - 1)).checked_shl(shift)?;
            if chunk & more == 0 {
                return Some(value);
            }
            shift += width - 1;
        }
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(32);
    }

    fn operand(&mut self, operand: Operand) -> Option<u64> {
        const CHAR6: &[u8; 64] =
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
        match operand {
            Operand::Literal(value) => Some(value),
            Operand::Fixed(width) => self.fixed(width),
            Operand::Variable(width) => self.variable(width),
            Operand::Char6 => Some(u64::from(CHAR6[usize::try_from(self.fixed(6)?).ok()?])),
            Operand::Array => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inkwell::context::Context;

    #[test]
    fn what_this_llvm_writes() {
        let context = Context::create();
        let bitcode = context.create_module("m").write_bitcode_to_memory();
        let producer = producer(bitcode.as_slice()).unwrap_or_default();
        assert_eq!(
            producer,
            format!("LLVM{}", crate::input::session::llvm_version())
        );
        assert_eq!(
            major(&producer),
            crate::input::session::LLVM_MAJOR.parse().ok()
        );
    }

    #[test]
    fn names_of_producers() {
        assert_eq!(major("LLVM23.1.0-rust-1.99.0-nightly"), Some(23));
        assert_eq!(major("APPLE_1_1600.0.26"), Some(1));
        assert_eq!(major("LLVM"), None);
    }

    #[test]
    fn damaged_files_have_none() {
        let context = Context::create();
        let bitcode = context.create_module("m").write_bitcode_to_memory();
        for len in 0..24 {
            assert_eq!(producer(&bitcode.as_slice()[..len]), None, "{len}");
        }
        assert_eq!(producer(&[0xff; 64]), None);
    }
}
