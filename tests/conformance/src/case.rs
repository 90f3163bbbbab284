//! A case: what is declared, what the target has, what is asked, and what libbpf answers.

use bpf_core_btf::{Btf, CoreReloKind};

use crate::Programs;
use crate::declarations::Declarations;
use crate::differences::Difference;
use crate::insn::{Insn, Outcome, Width};
use crate::libbpf::Version;
use crate::object::{self, PROGRAM, Record};

/// `EINVAL` of `errno.h`.
pub const EINVAL: i32 = 22;
/// `ERANGE` of `errno.h`.
pub const ERANGE: i32 = 34;
/// `E2BIG` of `errno.h`.
pub const E2BIG: i32 = 7;

/// Where types come from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// C declarations, for [`Declarations`].
    C(&'static str),
    /// What C cannot say.
    Btf(fn() -> Vec<u8>),
}

impl From<&'static str> for Source {
    fn from(text: &'static str) -> Self {
        Self::C(text)
    }
}

impl From<fn() -> Vec<u8>> for Source {
    fn from(make: fn() -> Vec<u8>) -> Self {
        Self::Btf(make)
    }
}

/// `enum bpf_core_relo_kind`, or a number that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawKind(pub u32);

impl From<CoreReloKind> for RawKind {
    fn from(kind: CoreReloKind) -> Self {
        Self(kind as u32)
    }
}

impl From<u32> for RawKind {
    fn from(kind: u32) -> Self {
        Self(kind)
    }
}

/// A record and its instruction.
#[derive(Clone, Copy, Debug)]
struct Ask {
    kind: RawKind,
    root: &'static str,
    access: &'static str,
    insn: Insn,
    skew: u32,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub name: String,
    local: Source,
    target: Source,
    modules: Vec<&'static str>,
    asks: Vec<Ask>,
    expected: Outcome,
    /// The error of libbpf, if the outcome is that it refuses.
    pub errno: Option<i32>,
    older: Option<(Version, Outcome)>,
    /// What aya does instead, and why.
    pub aya: Option<(&'static Difference, Outcome)>,
}

impl Case {
    /// A case without anything in it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            local: Source::C(""),
            target: Source::C(""),
            modules: Vec::new(),
            asks: Vec::new(),
            expected: Outcome::Poison,
            errno: None,
            older: None,
            aya: None,
        }
    }

    /// The types of the object.
    pub fn local(self, source: impl Into<Source>) -> Self {
        Self {
            local: source.into(),
            ..self
        }
    }

    /// The types of the kernel.
    pub fn target(self, source: impl Into<Source>) -> Self {
        Self {
            target: source.into(),
            ..self
        }
    }

    /// The types of a module, in C; there may be several.
    pub fn module(mut self, text: &'static str) -> Self {
        self.modules.push(text);
        self
    }

    /// The record, and the instruction as the compiler left it. `root` is a type's C name, or `#`
    /// and its id. Of several records, the last is what the case is about.
    pub fn asks(
        mut self,
        kind: impl Into<RawKind>,
        root: &'static str,
        access: &'static str,
        insn: Insn,
    ) -> Self {
        self.asks.push(Ask {
            kind: kind.into(),
            root,
            access,
            insn,
            skew: 0,
        });
        self
    }

    /// Lets the record point behind the start of its instruction, by so many bytes.
    pub fn skewed(mut self, bytes: u32) -> Self {
        self.asks.last_mut().expect("a record").skew = bytes;
        self
    }

    /// The instruction gets this value.
    pub fn gives(self, value: i64) -> Self {
        Self {
            expected: Outcome::Value(value),
            ..self
        }
    }

    /// The instruction gets the id of this type of the target as its value.
    pub fn gives_id(self, name: &'static str) -> Self {
        let Source::C(text) = self.target else {
            panic!("a name needs C")
        };
        let id = Declarations::parse(text).id(name);
        self.gives(id.0.into())
    }

    /// The load or store gets this offset and this size.
    pub fn resizes(self, off: i64, width: Width) -> Self {
        Self {
            expected: Outcome::Resized(off, width),
            ..self
        }
    }

    /// The instruction is poisoned.
    pub fn poisons(self) -> Self {
        Self {
            expected: Outcome::Poison,
            ..self
        }
    }

    /// The object is refused with this error.
    pub fn refuses(self, errno: i32) -> Self {
        Self {
            expected: Outcome::Refused,
            errno: Some(errno),
            ..self
        }
    }

    /// What releases of libbpf before this one do.
    pub fn before(self, version: Version, outcome: Outcome) -> Self {
        Self {
            older: Some((version, outcome)),
            ..self
        }
    }

    /// What aya does instead.
    pub fn aya(self, why: &'static Difference, outcome: Outcome) -> Self {
        Self {
            aya: Some((why, outcome)),
            ..self
        }
    }

    /// What the newest libbpf answers, and so `bpf-core-btf`.
    pub fn expected(&self) -> &Outcome {
        &self.expected
    }

    /// What this release of libbpf answers.
    pub fn expected_of(&self, version: Version) -> &Outcome {
        match &self.older {
            Some((changed, older)) if version < *changed => older,
            _ => &self.expected,
        }
    }

    /// What aya answers.
    pub fn expected_of_aya(&self) -> &Outcome {
        self.aya
            .as_ref()
            .map_or(&self.expected, |(_, outcome)| outcome)
    }

    /// The kinds that it asks.
    pub fn kinds(&self) -> impl Iterator<Item = RawKind> {
        self.asks.iter().map(|ask| ask.kind)
    }

    /// The object, an ELF file.
    pub fn object(&self) -> Vec<u8> {
        let mut ids = Vec::new();
        let btf = match self.local {
            Source::C(text) => {
                let mut declarations = Declarations::parse(text);
                ids.extend(self.asks.iter().map(|ask| match raw_id(ask.root) {
                    Some(id) => id,
                    None => declarations.id(ask.root).0,
                }));
                declarations.to_btf()
            }
            Source::Btf(make) => {
                ids.extend(self.asks.iter().map(|ask| raw_id(ask.root).expect("an id")));
                make()
            }
        };
        let records = self.asks.iter().zip(ids).map(|(ask, type_id)| Record {
            kind: ask.kind.0,
            type_id,
            access: ask.access,
            skew: ask.skew,
            insn: ask.insn,
        });
        object::build(&btf, &records.collect::<Vec<_>>())
    }

    /// The BTF of the target.
    pub fn target_btf(&self) -> Vec<u8> {
        match self.target {
            Source::C(text) => Declarations::parse(text).to_btf(),
            Source::Btf(make) => make(),
        }
    }

    /// The BTF of the modules.
    pub fn module_btfs(&self) -> Vec<Vec<u8>> {
        let kernel = self.target_btf();
        let kernel = Btf::parse(&kernel).expect("BTF of the kernel");
        let module = |text| Declarations::parse_module(text, &kernel).to_module_btf(&kernel);
        self.modules.iter().copied().map(module).collect()
    }

    /// What the programs say of the instruction that the case is about.
    pub fn outcome(&self, programs: &Programs) -> Outcome {
        let (last, before) = self.asks.split_last().expect("a record");
        let at: usize = before.iter().map(|ask| ask.insn.bytes().len()).sum();
        last.insn
            .outcome(&programs[PROGRAM][at..][..last.insn.bytes().len()])
    }
}

fn raw_id(root: &str) -> Option<u32> {
    root.strip_prefix('#')?.parse().ok()
}
