//! Access specs: `0:1:2` on a type, as the compiler wrote it and as it lies in a target.

use core::fmt;

use crate::btf::Btf;
use crate::fault::Fault;
use crate::raw::Kind;
use crate::relo::CoreRelo;
use crate::relo_kind::CoreReloKind;
use crate::type_id::TypeId;
use crate::types::{Array, Type};

/// `BPF_CORE_SPEC_MAX_LEN`.
pub(crate) const MAX_SPEC_LEN: usize = 64;

/// One step of an access that has a meaning: a named field, an array index, an enumerator
/// (`struct bpf_core_accessor`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accessor<'b> {
    /// The struct or union the field is a direct member of, the array's element type, or the enum.
    pub type_id: TypeId,
    /// Index of the field, element or enumerator.
    pub index: u32,
    /// Name of the field or enumerator; `None` for an array index.
    pub name: Option<&'b str>,
}

/// An access into one BTF (`struct bpf_core_spec`).
///
/// `Display` writes what libbpf's debug log writes:
/// `<byte_off> [6] struct task_struct.pid (0:3 @ offset 2416)`.
#[derive(Debug, Clone)]
pub struct Spec<'b> {
    /// The BTF that all ids of this spec are of.
    pub btf: &'b Btf<'b>,
    /// The type the access starts from, typedefs and modifiers not skipped.
    pub root: TypeId,
    /// What is asked about it.
    pub kind: CoreReloKind,
    /// The steps with a meaning: without those into anonymous structs and unions.
    pub accessors: Vec<Accessor<'b>>,
    /// All indices, as in the access string.
    pub indices: Vec<u32>,
    /// Offset of the accessed field from the start of the root type, in bits.
    pub bit_offset: u32,
    /// In bytes.
    pointer_size: u32,
}

/// Of a pointer in an object: `bpf_object__open` of libbpf does not ask its types.
const LOCAL_POINTER_SIZE: u32 = 8;

impl<'b> Spec<'b> {
    /// An access of no steps yet into a target.
    pub(crate) fn of_target(btf: &'b Btf<'b>, root: TypeId, kind: CoreReloKind) -> Self {
        Self {
            btf,
            root,
            kind,
            accessors: Vec::new(),
            indices: Vec::new(),
            bit_offset: 0,
            pointer_size: btf.pointer_size().unwrap_or(LOCAL_POINTER_SIZE),
        }
    }

    /// The access of a record, checked against the types it goes through (`bpf_core_parse_spec`).
    pub fn parse(btf: &'b Btf<'b>, relo: &CoreRelo<'_>) -> Result<Self, Fault> {
        let mut spec = Self {
            pointer_size: LOCAL_POINTER_SIZE,
            ..Self::of_target(btf, relo.type_id, relo.kind)
        };
        if relo.kind.is_type_based() {
            return if relo.access == "0" {
                Ok(spec)
            } else {
                Err(Fault::BadAccess)
            };
        }
        spec.indices = parse_indices(relo.access)?;
        let Some((&first, rest)) = spec.indices.split_first() else {
            return Err(Fault::BadAccess);
        };
        let root = skip(btf, relo.type_id)?;
        if relo.kind.is_enumval_based() {
            let enumerator = root.enumerators().get(first as usize);
            let (Some(enumerator), []) = (enumerator, rest) else {
                return Err(Fault::BadEnumerator {
                    index: first,
                    of: root.to_string(),
                });
            };
            spec.accessors.push(Accessor {
                type_id: root.id(),
                index: first,
                name: Some(enumerator.name),
            });
            return Ok(spec);
        }
        spec.accessors.push(Accessor {
            type_id: root.id(),
            index: first,
            name: None,
        });
        spec.bit_offset = spec.element_offset(root.id(), first)?;
        let rest = rest.to_vec();
        let mut id = root.id();
        for index in rest {
            id = spec.step(id, index)?;
        }
        Ok(spec)
    }

    /// Goes from type `id` to its member or element, and tells that one's type.
    fn step(&mut self, id: TypeId, index: u32) -> Result<TypeId, Fault> {
        let ty = skip(self.btf, id)?;
        if ty.kind().is_composite() {
            let Some(member) = ty.members().get(index as usize) else {
                return Err(Fault::BadMember {
                    index,
                    of: ty.to_string(),
                });
            };
            self.advance(member.bit_offset)?;
            if ty.is_member_named(index) {
                if member.name.is_empty() {
                    let of = ty.to_string();
                    return Err(Fault::EmptyName { index, of });
                }
                let name = Some(member.name);
                self.accessors.push(Accessor {
                    type_id: ty.id(),
                    index,
                    name,
                });
            }
            return Ok(member.type_id);
        }
        let Some(array) = ty.array() else {
            return Err(Fault::NotAccessible { ty: ty.to_string() });
        };
        if index >= array.nelems && !self.ends_in_flexible(&array) {
            return Err(Fault::BadElement {
                index,
                nelems: array.nelems,
            });
        }
        let element = skip(self.btf, array.element)?.id();
        self.accessors.push(Accessor {
            type_id: element,
            index,
            name: None,
        });
        self.advance(self.element_offset(element, index)?)?;
        Ok(element)
    }

    /// Whether `array`, reached by the accessors so far, is a flexible array: without a length,
    /// and the last member of its struct (`is_flex_arr`).
    pub(crate) fn ends_in_flexible(&self, array: &Array) -> bool {
        let Some(&Accessor {
            type_id,
            index,
            name: Some(_),
        }) = self.accessors.last()
        else {
            return false;
        };
        let members = self
            .btf
            .type_by_id(type_id)
            .map_or(0, |ty| ty.members().len());
        array.nelems == 0 && index as usize + 1 == members
    }

    /// Size in bytes of a value of this type.
    pub(crate) fn size_of(&self, id: TypeId) -> Result<u32, Fault> {
        let size = self.btf.size_with_pointers_of(self.pointer_size, id);
        size.ok_or_else(|| Fault::no_size(self.btf, id))
    }

    /// Offset in bits of the `index`th value of this type in a row of them.
    pub(crate) fn element_offset(&self, id: TypeId, index: u32) -> Result<u32, Fault> {
        self.size_of(id)?
            .checked_mul(8)
            .and_then(|bits| bits.checked_mul(index))
            .ok_or(Fault::OffsetOverflow)
    }

    pub(crate) fn advance(&mut self, bits: u32) -> Result<(), Fault> {
        self.bit_offset = self
            .bit_offset
            .checked_add(bits)
            .ok_or(Fault::OffsetOverflow)?;
        Ok(())
    }

    /// `struct task_struct.se.vruntime`: what a person calls this access.
    ///
    /// A type-based access is its type alone; an enumerator is `enum pid_type::PIDTYPE_PID`.
    pub fn name(&self) -> String {
        let mut name = match self.btf.type_by_id(self.root) {
            Some(ty) => format!("{} {}", ty.kind(), name_or_anon(ty.name())),
            None => format!("[{}]", self.root),
        };
        if !self.kind.is_type_based() {
            self.push_steps(&mut name);
        }
        name
    }

    /// `struct task_struct.se.vruntime (0:132:4)`: the name, and the indices as in the record.
    pub fn path(&self) -> String {
        let mut path = self.name();
        if self.kind.is_type_based() {
            return path;
        }
        path.push_str(" (");
        self.push_indices(&mut path);
        path.push(')');
        path
    }

    fn push_steps(&self, out: &mut String) {
        for (at, accessor) in self.accessors.iter().enumerate() {
            match accessor.name {
                Some(name) if self.kind.is_enumval_based() => *out += &format!("::{name}"),
                Some(name) => *out += &format!(".{name}"),
                None if at > 0 || accessor.index > 0 => *out += &format!("[{}]", accessor.index),
                None => {}
            }
        }
    }

    fn push_indices(&self, out: &mut String) {
        for (at, index) in self.indices.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            *out += &format!("{colon}{index}");
        }
    }
}

/// The text of `bpf_core_format_spec`.
impl fmt::Display for Spec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> ", self.kind)?;
        match self.btf.type_by_id(self.root) {
            Some(ty) => write!(f, "{ty}")?,
            None => write!(f, "[{}]", self.root)?,
        }
        if self.kind.is_type_based() {
            return Ok(());
        }
        let mut text = String::new();
        self.push_steps(&mut text);
        if self.kind.is_enumval_based() {
            return match self.enumerator() {
                Some((ty, value)) if ty.kind_flag() => {
                    write!(f, "{text} = {}", value.cast_signed())
                }
                Some((ty, value)) if ty.kind() == Kind::Enum => {
                    write!(f, "{text} = {}", value as u32)
                }
                Some((_, value)) => write!(f, "{text} = {value}"),
                None => f.write_str(&text),
            };
        }
        text.push_str(" (");
        self.push_indices(&mut text);
        write!(f, "{text} @ offset {}", self.bit_offset / 8)?;
        match self.bit_offset % 8 {
            0 => f.write_str(")"),
            bits => write!(f, ".{bits})"),
        }
    }
}

impl<'b> Spec<'b> {
    /// The enum and value of an enumerator access.
    pub(crate) fn enumerator(&self) -> Option<(Type<'b>, u64)> {
        let accessor = self.accessors.first()?;
        let ty = self.btf.type_by_id(accessor.type_id)?;
        let value = ty.enumerators().get(accessor.index as usize)?.value;
        Some((ty, value))
    }
}

pub(crate) fn name_or_anon(name: &str) -> &str {
    if name.is_empty() { "<anon>" } else { name }
}

/// [`Btf::skip_mods_and_typedefs`] where an endless chain fails the relocation.
pub(crate) fn skip<'b>(btf: &'b Btf<'b>, id: TypeId) -> Result<Type<'b>, Fault> {
    btf.skip_mods_and_typedefs(id).ok_or(Fault::BadType(id))
}

/// `0:1:2`: at least one index, each an `int` that is not negative.
fn parse_indices(access: &str) -> Result<Vec<u32>, Fault> {
    let mut indices = Vec::new();
    let mut rest = access;
    loop {
        let (index, after) = parse_index(rest).ok_or(Fault::BadAccess)?;
        if indices.len() == MAX_SPEC_LEN {
            return Err(Fault::TooDeep);
        }
        indices.push(index);
        if after.is_empty() {
            return Ok(indices);
        }
        rest = after.strip_prefix(':').unwrap_or(after);
    }
}

/// As `sscanf` does by `%d`: white space and a sign in front are taken, and the next index need not
/// be behind a colon if it begins with one of them.
fn parse_index(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(sign + digits);
    let number: i32 = number.parse().ok()?;
    Some((u32::try_from(number).ok()?, rest))
}

impl CoreRelo<'_> {
    /// [`Spec::name`] of the access into the object's own types. Of an access that these do not have, the
    /// type alone.
    pub fn name(&self, local: &Btf<'_>) -> String {
        let root = || {
            let root = local.type_by_id(self.type_id);
            root.map_or_else(String::new, |root| {
                format!("{} {}", root.kind(), root.name())
            })
        };
        Spec::parse(local, self).map_or_else(|_| root(), |spec| spec.name())
    }
}
