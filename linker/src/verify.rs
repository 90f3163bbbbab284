//! What must hold after LLVM has made its code: every relocation that the optimised
//! module asks for is in the object. A record that is missing is no error to LLVM,
//! and the program would read the offsets of the machine that built it.

use std::collections::{BTreeMap, BTreeSet};

use bpf_core::descriptor::MARKER_PREFIX;
use bpf_core_btf::{Btf, BtfExt};
use inkwell::{llvm_sys::LLVMOpcode, module::Module};
use object::{Object as _, ObjectSection as _};

use crate::{
    error::{Error, Location, Result},
    ir::{self, Value},
    marker::readable,
    metadata::{Metadata, Node},
    source,
};

/// The relocations that a module asks for, by section.
#[derive(Debug, Default)]
pub(crate) struct Wanted(BTreeMap<String, BTreeMap<Relocation, Option<Location>>>);

/// What tells one relocation from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Relocation {
    type_name: String,
    kind: u32,
    access: String,
}

/// The name of a global that stands for a relocation, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Global<'n> {
    /// `llvm.TYPE:KIND:VALUE$ACCESS`, of `BPFAbstractMemberAccess.cpp`.
    Access {
        type_name: &'n str,
        kind: u32,
        access: &'n str,
    },
    /// `llvm.btf_type_id.NUMBER$KIND`, of `BPFPreserveDIType.cpp`.
    TypeId { kind: u32 },
}

impl<'n> Global<'n> {
    pub(crate) fn parse(name: &'n [u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix("llvm.")?;
        let (front, back) = name.split_once('$')?;
        // Where a name was taken already, LLVM puts a number behind a dot at the end.
        let back = back.split_once('.').map_or(back, |(back, _)| back);
        if let Some((stem, number)) = front.rsplit_once('.')
            && stem.ends_with("btf_type_id")
            && number.parse::<u32>().is_ok()
        {
            return Some(Self::TypeId {
                kind: back.parse().ok()?,
            });
        }
        let (front, value) = front.rsplit_once(':')?;
        let (type_name, kind) = front.rsplit_once(':')?;
        value.parse::<i64>().ok()?;
        Some(Self::Access {
            type_name,
            kind: kind.parse().ok()?,
            access: back,
        })
    }
}

/// Collects what the optimised module asks for.
///
/// # Errors
/// When a marker is left, and when the optimiser has merged relocations.
pub(crate) fn wanted(module: &Module<'_>) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    for function in ir::functions(module) {
        if function.name().starts_with(MARKER_PREFIX.as_bytes()) {
            let call = function
                .users()
                .into_iter()
                .find(|user| user.is_instruction());
            return Err(Error::new(format!(
                "relocation was not lowered: `{}` is left after linking",
                readable(function)
            ))
            .at(call.and_then(source::line_of)));
        }
    }
    let metadata = Metadata::of(module);
    for global in ir::globals(module) {
        let (kind, access) = match Global::parse(global.name()) {
            None => continue,
            Some(Global::Access { kind, access, .. }) => (kind, access.to_owned()),
            Some(Global::TypeId { kind }) => (kind, "0".to_owned()),
        };
        let type_name = metadata.relocated(global).and_then(Node::name);
        let relocation = Relocation {
            type_name: String::from_utf8_lossy(type_name.unwrap_or_default()).into_owned(),
            kind,
            access,
        };
        for user in global.users() {
            if user.opcode() != Some(LLVMOpcode::LLVMLoad) || !user.is_instruction() {
                return Err(Error::new(format!(
                    "relocation {relocation} cannot be lowered: the optimiser has merged it with another"
                ))
                .at(user.is_instruction().then(|| source::line_of(user)).flatten()));
            }
            let Some(function) = user.parent_function() else {
                continue;
            };
            wanted
                .0
                .entry(section_name(function.section().as_deref().unwrap_or(TEXT)))
                .or_default()
                .entry(relocation.clone())
                .or_insert_with(|| line_near(user));
        }
    }
    Ok(wanted)
}

/// Where functions are that name no section.
const TEXT: &str = ".text";

/// Of those, LLVM puts cold ones into `.text.unlikely.` and the like.
fn section_name(name: &str) -> String {
    if name.starts_with(".text.") {
        TEXT.to_owned()
    } else {
        name.to_owned()
    }
}

/// LLVM gives the loads that it makes no line; what uses them has one. Users may go
/// round in a loop.
fn line_near(load: Value<'_>) -> Option<Location> {
    const FARTHEST: usize = 8;
    let mut here = load;
    for _ in 0..FARTHEST {
        if let Some(location) = source::line_of(here) {
            return Some(location);
        }
        here = here
            .users()
            .into_iter()
            .find(|user| user.is_instruction())?;
    }
    None
}

impl Wanted {
    /// Checks that `object` has a record for each relocation, and no others.
    ///
    /// # Errors
    /// When it has not.
    pub(crate) fn check(&self, object: &[u8]) -> Result<()> {
        let found = records(object).map_err(|why| {
            Error::new(format!("cannot check the relocations of the object: {why}"))
        })?;
        for (section, relocations) in &self.0 {
            for (relocation, line) in relocations {
                if !found
                    .get(section)
                    .is_some_and(|found| found.contains(relocation))
                {
                    return Err(Error::new(format!(
                        "relocation {relocation} in section `{section}` has no record after code generation"
                    ))
                    .at(line.clone())
                    .help("please report this with the source: it is an error of this linker or of LLVM"));
                }
            }
        }
        for (section, relocations) in &found {
            for relocation in relocations {
                let wanted = self
                    .0
                    .get(section)
                    .is_some_and(|wanted| wanted.contains_key(relocation));
                if !wanted {
                    return Err(Error::new(format!(
                        "section `{section}` has a record of {relocation} that nothing asked for"
                    ))
                    .help("please report this with the source: it is an error of this linker or of LLVM"));
                }
            }
        }
        Ok(())
    }
}

/// The records of an object, by section.
fn records(object: &[u8]) -> std::result::Result<BTreeMap<String, BTreeSet<Relocation>>, String> {
    let file = object::File::parse(object).map_err(|error| error.to_string())?;
    let section = |name: &str| match file.section_by_name(name) {
        Some(section) => section.data().map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    };
    let mut found = BTreeMap::new();
    let (Some(btf), Some(ext)) = (section(".BTF")?, section(".BTF.ext")?) else {
        return Ok(found);
    };
    let btf = Btf::parse(btf).map_err(|error| format!(".BTF: {error}"))?;
    let ext = BtfExt::parse(ext, &btf).map_err(|error| format!(".BTF.ext: {error}"))?;
    for section in ext.core_relos() {
        let records = section.records.iter().map(|record| Relocation {
            type_name: btf
                .type_by_id(record.type_id)
                .map_or("", |of| of.name())
                .to_owned(),
            kind: record.kind as u32,
            access: record.access.to_owned(),
        });
        found
            .entry(section_name(section.name))
            .or_insert_with(BTreeSet::new)
            .extend(records);
    }
    Ok(found)
}

impl std::fmt::Display for Relocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = bpf_core_btf::CoreReloKind::from_raw(self.kind);
        match kind {
            Some(kind) => write!(f, "`{kind} {} {}`", self.type_name, self.access),
            None => write!(f, "`kind {} {} {}`", self.kind, self.type_name, self.access),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_globals() {
        assert_eq!(
            Global::parse(b"llvm.task_struct:0:2312$0:76"),
            Some(Global::Access {
                type_name: "task_struct",
                kind: 0,
                access: "0:76"
            })
        );
        assert_eq!(
            Global::parse(b"llvm.e:11:-1$2"),
            Some(Global::Access {
                type_name: "e",
                kind: 11,
                access: "2"
            })
        );
        assert_eq!(
            Global::parse(b"llvm.btf_type_id.4$7"),
            Some(Global::TypeId { kind: 7 })
        );
        for name in [
            "llvm.used",
            "task_struct:0:1$0",
            "llvm.x:y:1$0",
            "llvm.cmdline$1",
        ] {
            assert_eq!(Global::parse(name.as_bytes()), None, "{name}");
        }
    }

    fn wants(section: &str) -> Wanted {
        let relocation = Relocation {
            type_name: "s".to_owned(),
            kind: 0,
            access: "0:1".to_owned(),
        };
        let line = Location {
            file: "/src/prog.rs".into(),
            line: 91,
            column: 9,
        };
        Wanted([(section.to_owned(), [(relocation, Some(line))].into())].into())
    }

    /// An object with one record, `byte_off s 0:1` in `raw_tp/x`; or with none.
    fn object(with_record: bool) -> Vec<u8> {
        let words = |words: &[u32]| {
            words
                .iter()
                .flat_map(|w| w.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let header = |len: u32| [&[0x9f, 0xeb, 1, 0][..], &len.to_le_bytes()].concat();
        let strings = b"\0s\x000:1\0raw_tp/x\0";
        // `struct s` of one byte and no members.
        let types = words(&[1, 4 << 24, 1]);
        let (types_len, strings_len) = (types.len() as u32, strings.len() as u32);
        let offsets = words(&[0, types_len, types_len, strings_len]);
        let btf = [header(24), offsets, types, strings.to_vec()].concat();
        // No functions and no lines; one section with one record of 16 bytes.
        let records = [16, 7, 1, 0, 1, 3, 0];
        let parts = words(&[0, 0, 0, 0, 0, 28]);
        let ext = [header(32), parts, words(&records)].concat();
        let sections = if with_record {
            vec![(".BTF", btf), (".BTF.ext", ext)]
        } else {
            vec![(".BTF", btf)]
        };
        let mut object = object::write::Object::new(
            object::BinaryFormat::Elf,
            object::Architecture::Bpf,
            object::Endianness::Little,
        );
        for (name, data) in sections {
            let kind = object::SectionKind::Other;
            let section = object.add_section(Vec::new(), name.into(), kind);
            object.append_section_data(section, &data, 4);
        }
        object.write().unwrap_or_else(|error| panic!("{error}"))
    }

    fn refusal(wanted: &Wanted, with_record: bool) -> String {
        wanted
            .check(&object(with_record))
            .err()
            .map_or(String::new(), |error| error.to_string())
    }

    #[test]
    fn each_wanted_record_is_there_and_no_other() {
        assert_eq!(refusal(&wants("raw_tp/x"), true), "");
        assert_eq!(refusal(&Wanted::default(), false), "");
        let lost = refusal(&wants("raw_tp/x"), false);
        assert!(
            lost.contains("`byte_off s 0:1` in section `raw_tp/x` has no record"),
            "{lost}"
        );
        assert!(lost.contains("--> /src/prog.rs:91:9"), "{lost}");
        assert!(
            refusal(&wants("raw_tp/y"), true).contains("has no record"),
            "another section"
        );
        let extra = refusal(&Wanted::default(), true);
        assert!(extra.contains("that nothing asked for"), "{extra}");
    }
}
