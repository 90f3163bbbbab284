//! From the symbol of a function of the kernel to its prototype. The macro `kfuncs!` writes the prototype into
//! the symbol: `name(type,type)type`.

use bpf_core::contract::KFUNC_PREFIX;

use crate::ask::declaration::{Declaration, Spelled};
use crate::ask::descriptor::{Malformed, Reader};
use crate::ask::request::{Record, Type};

/// A function's name and types.
#[derive(Debug, PartialEq)]
pub(crate) struct Prototype {
    pub(crate) name: String,
    pub(crate) parameters: Vec<Declaration<Spelled>>,
    /// `Void` for none.
    pub(crate) result: Declaration<Spelled>,
}

/// Whether a symbol stands for a function of the kernel.
pub(crate) fn is_kfunc(symbol: &[u8]) -> bool {
    symbol.starts_with(KFUNC_PREFIX.as_bytes())
}

impl Prototype {
    /// Reads a symbol.
    pub(crate) fn of_symbol(symbol: &str) -> Option<Self> {
        let mut reader = Reader::new(symbol.strip_prefix(KFUNC_PREFIX)?);
        let prototype = reader.prototype().ok()?;
        reader.is_at_end().then_some(prototype)
    }
}

impl Reader<'_> {
    fn prototype(&mut self) -> Result<Prototype, Malformed> {
        let name = self.name()?;
        self.expect("(", "missing parameters")?;
        let mut parameters = Vec::new();
        while !self.take(")") {
            if !parameters.is_empty() {
                self.expect(",", "missing `,` behind the parameter")?;
            }
            parameters.push(self.register()?);
        }
        let result = match self.take_word("void") {
            true => Declaration::Void,
            false => self.register()?,
        };
        Ok(Prototype {
            name,
            parameters,
            result,
        })
    }

    /// What fits into a register.
    fn register(&mut self) -> Result<Declaration<Spelled>, Malformed> {
        if self.take("*") {
            let pointee = self.nested(Self::behind_pointer)?;
            return Ok(Declaration::Pointer(Box::new(pointee)));
        }
        match self.pointee()? {
            Some(Type::Int(int)) if int.size() <= 8 => Ok(Declaration::Integer(int.into())),
            _ => Err(self.malformed("no type that fits into a register")),
        }
    }

    /// A struct has no parts here: libbpf looks at its name and kind only.
    fn behind_pointer(&mut self) -> Result<Declaration<Spelled>, Malformed> {
        if self.take_word("void") {
            return Ok(Declaration::Void);
        }
        if self.take("struct ") {
            let record = Record {
                name: self.name()?,
                union: false,
                typedef: false,
            };
            return Ok(Declaration::Record(record, Vec::new()));
        }
        self.register()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::request::Int;

    fn parse(text: &str) -> Option<Prototype> {
        Prototype::of_symbol(&format!("{KFUNC_PREFIX}{text}"))
    }

    #[test]
    fn prototypes() {
        let pointer = |of| Declaration::Pointer(Box::new(of));
        let integer = |of: Int| Declaration::Integer(of.into());
        let task = Record {
            name: "task_struct".to_owned(),
            union: false,
            typedef: false,
        };
        assert_eq!(
            parse("bpf_task_acquire(*struct task_struct,u32,**i8)*void"),
            Some(Prototype {
                name: "bpf_task_acquire".to_owned(),
                parameters: vec![
                    pointer(Declaration::Record(task, Vec::new())),
                    integer(Int::Unsigned(32)),
                    pointer(pointer(integer(Int::Signed(8)))),
                ],
                result: pointer(Declaration::Void),
            })
        );
        for text in ["bpf_rcu_read_lock()void", "f(bool)u64", "f(*void,*u8)i32"] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "f",
            "f(",
            "(u32)void",
            "f()",
            "f(void)void",
            "f(u7)void",
            "f(u128)void",
            "f([4]u8)void",
            "f(struct s)void",
            "f(*struct 1)void",
            "f(u32,)void",
            "f(,u32)void",
            "f(u32 u32)void",
            "f()void)",
            "1f()void",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
