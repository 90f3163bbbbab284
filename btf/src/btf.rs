//! A parsed `.BTF`: type ids, strings, and the two questions that go through several types.

use core::fmt;
use std::sync::OnceLock;

use crate::bytes::Endian;
use crate::error::Error;
use bpf_core_kernel_facts::flavour::essential_name;

use crate::names::Names;
use crate::raw::{Kind, Parts, TypeRecord};
use crate::records::Records;
use crate::strings::Strings;
use crate::type_id::TypeId;
use crate::types::Type;

/// Chains of typedefs and modifiers are a handful long in real BTF; a longer one is a cycle.
const MAX_CHAIN: usize = 256;

/// `MAX_RESOLVE_DEPTH` of libbpf's `btf__resolve_size`.
const MAX_RESOLVE_DEPTH: usize = 32;

/// The types and strings of one `.BTF` section or `/sys/kernel/btf` file.
///
/// Borrows the bytes; per type it keeps only where the record is. Everything that other methods
/// rely on (string offsets, referenced ids, lengths) is checked by [`Btf::parse`].
pub struct Btf<'a> {
    pub(crate) endian: Endian,
    base: Option<&'a Btf<'a>>,
    pub(crate) start_id: u32,
    /// What string offset 0 of this blob is called by its records: the base's length.
    start_string: u32,
    types: &'a [u8],
    /// Where `types` begins in the blob.
    types_start: usize,
    strings: Strings<'a>,
    pub(crate) offsets: Vec<u32>,
    names: Names,
    pointer_size: OnceLock<Option<u32>>,
}

impl<'a> Btf<'a> {
    /// Parses BTF that stands alone: an object's `.BTF`, or the kernel's `vmlinux`.
    ///
    /// Accepts both byte orders, headers longer than 24 bytes, all kinds up to `ENUM64`, and newer
    /// kinds if a layout section gives their size. The checks are those of libbpf's
    /// `btf_sanity_check`. Strings are bytes to libbpf: those that are not UTF-8 are read as
    /// Latin-1.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::parse_parts(bytes, None)
    }

    /// Parses split BTF, as kernel modules have: its ids and string offsets go on after those of
    /// `base`.
    pub fn parse_split(bytes: &'a [u8], base: &'a Btf<'a>) -> Result<Self, Error> {
        Self::parse_parts(bytes, Some(base))
    }

    fn parse_parts(bytes: &'a [u8], base: Option<&'a Btf<'a>>) -> Result<Self, Error> {
        let parts = Parts::cut(bytes)?;
        let strings = Strings::read(parts.strings, base.is_some())?;
        let start_id = base.map_or(1, Btf::type_count);
        let records = Records::read(&parts, start_id)?;
        let btf = Self {
            endian: parts.endian,
            base,
            start_id,
            start_string: base.map_or(0, Btf::string_end),
            types: parts.types.bytes,
            types_start: parts.types.start,
            strings,
            offsets: records.offsets,
            names: Names::new(records.names),
            pointer_size: OnceLock::new(),
        };
        btf.check(parts.types, &records.references)?;
        Ok(btf)
    }

    /// Byte order of the blob, which is that of the kernel or the eBPF target.
    pub fn endian(&self) -> Endian {
        self.endian
    }

    /// The BTF this one continues, for a module's.
    pub fn base(&self) -> Option<&Btf<'a>> {
        self.base
    }

    /// The first id after the last one, base included (`btf__type_cnt`).
    pub fn type_count(&self) -> u32 {
        self.start_id + self.offsets.len() as u32
    }

    /// The type with this id; of the base, if its ids are lower than this blob's.
    pub fn type_by_id(&self, id: TypeId) -> Option<Type<'_>> {
        if id == TypeId::VOID {
            let record = TypeRecord {
                name_off: 0,
                info: 0,
                size_or_type: 0,
            };
            return Some(Type {
                btf: self,
                id,
                record,
                tail: &[],
            });
        }
        if id.0 < self.start_id {
            return self.base?.type_by_id(id);
        }
        let at = *self.offsets.get((id.0 - self.start_id) as usize)? as usize;
        let record = TypeRecord::read(self.endian, &self.types[at..]);
        Some(Type {
            btf: self,
            id,
            record,
            tail: &self.types[at + TypeRecord::SIZE..],
        })
    }

    /// Where the record of a type begins in the bytes of this blob; nowhere for a type of the base.
    pub fn offset_of(&self, id: TypeId) -> Option<usize> {
        let index = id.0.checked_sub(self.start_id)?;
        Some(self.types_start + *self.offsets.get(index as usize)? as usize)
    }

    /// The types of this blob in id order, without `void` and without those of the base.
    pub fn types(&self) -> impl ExactSizeIterator<Item = Type<'_>> + DoubleEndedIterator {
        self.offsets.iter().enumerate().map(|(index, &at)| {
            let at = at as usize;
            Type {
                btf: self,
                id: TypeId(self.start_id + index as u32),
                record: TypeRecord::read(self.endian, &self.types[at..]),
                tail: &self.types[at + TypeRecord::SIZE..],
            }
        })
    }

    /// The types of this blob, base excluded, whose name without flavour is `essential`, in id
    /// order. The index behind this is built by the first call.
    pub fn types_by_essential_name<'s>(
        &'s self,
        essential: &'s str,
    ) -> impl Iterator<Item = Type<'s>> {
        let may_be = self.may_be_named(essential);
        may_be.filter(move |ty| essential_name(ty.name()) == essential)
    }

    /// The first type of this kind and exact name (`btf__find_by_name_kind`).
    pub fn find_by_name_kind(&self, name: &str, kind: Kind) -> Option<Type<'_>> {
        if let Some(found) = self
            .base
            .and_then(|base| base.find_by_name_kind(name, kind))
        {
            return Some(found);
        }
        let mut may_be = self.may_be_named(essential_name(name));
        may_be.find(|ty| ty.kind() == kind && ty.name() == name)
    }

    /// Types of this blob in id order whose names begin so, among them all of this essential name.
    fn may_be_named<'s>(&'s self, essential: &str) -> impl Iterator<Item = Type<'s>> {
        let places = self
            .names
            .starting_with(essential, |string| self.bytes_at(string));
        places.filter_map(|place| self.type_by_id(TypeId(self.start_id + place)))
    }

    /// The string at this offset (`btf__str_by_offset`).
    pub fn string_at(&self, offset: u32) -> Option<&str> {
        if offset < self.start_string {
            return self.base?.string_at(offset);
        }
        self.strings.at(offset - self.start_string)
    }

    /// What begins at a string offset that `check` has seen: the string, and those behind it.
    fn bytes_at(&self, offset: u32) -> &[u8] {
        match (offset.checked_sub(self.start_string), self.base) {
            (Some(offset), _) => self.strings.bytes_at(offset),
            (None, Some(base)) => base.bytes_at(offset),
            (None, None) => &[],
        }
    }

    /// The first string offset after this blob's.
    pub(crate) fn string_end(&self) -> u32 {
        self.start_string.saturating_add(self.strings.len)
    }

    /// A string whose offset `check` has seen.
    pub(crate) fn string(&self, offset: u32) -> &str {
        self.string_at(offset).unwrap_or_default()
    }

    /// The type behind const, volatile, restrict, type tags and typedefs. `None` if the id does
    /// not exist or the chain does not end.
    pub fn skip_mods_and_typedefs(&self, id: TypeId) -> Option<Type<'_>> {
        let mut ty = self.type_by_id(id)?;
        for _ in 0..MAX_CHAIN {
            if !ty.kind().is_modifier_or_typedef() {
                return Some(ty);
            }
            ty = self.type_by_id(ty.referenced()?)?;
        }
        None
    }

    /// Size in bytes of a value of this type (`btf__resolve_size`). `None` for void, functions,
    /// forward declarations, sizes over 32 bits, and chains deeper than 32.
    pub fn resolve_size(&self, id: TypeId) -> Option<u32> {
        self.size_with_pointers_of(self.pointer_size().unwrap_or(8), id)
    }

    pub(crate) fn size_with_pointers_of(&self, pointer_size: u32, id: TypeId) -> Option<u32> {
        let mut ty = self.type_by_id(id)?;
        let mut nelems = 1u32;
        for _ in 0..MAX_RESOLVE_DEPTH {
            let size = match ty.kind() {
                Kind::Ptr => Some(pointer_size),
                _ => ty.size(),
            };
            if let Some(size) = size {
                return nelems.checked_mul(size);
            }
            let next = match ty.kind() {
                Kind::Array => {
                    let array = ty.array()?;
                    nelems = nelems.checked_mul(array.nelems)?;
                    array.element
                }
                Kind::Func | Kind::FuncProto => return None,
                _ => ty.referenced()?,
            };
            ty = self.type_by_id(next)?;
        }
        None
    }

    /// Size of a pointer, told by the int called `long` (`btf__pointer_size`); `None` if there is
    /// no such int, which [`Btf::resolve_size`] takes as 8.
    pub fn pointer_size(&self) -> Option<u32> {
        *self
            .pointer_size
            .get_or_init(|| self.long().and_then(|long| long.size()))
    }

    /// The int that tells the size of a pointer.
    pub(crate) fn long(&self) -> Option<Type<'_>> {
        self.base.and_then(Btf::long).or_else(|| {
            self.types().find(|ty| {
                ty.kind() == Kind::Int && matches!(ty.size(), Some(4 | 8)) && is_long(ty.name())
            })
        })
    }

    /// Whether [`Btf::string_at`] finds something, without looking for its end: the section ends
    /// with a NUL.
    pub(crate) fn has_string(&self, offset: u32) -> bool {
        if offset < self.start_string {
            return self.base.is_some_and(|base| base.has_string(offset));
        }
        self.strings.has(offset - self.start_string)
    }

    /// Whether every byte of the strings begins a character.
    pub(crate) fn is_ascii(&self) -> bool {
        self.strings.is_ascii() && self.base.is_none_or(Btf::is_ascii)
    }
}

impl fmt::Debug for Btf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Btf")
            .field("endian", &self.endian)
            .field("start_id", &self.start_id)
            .field("type_count", &self.type_count())
            .finish_non_exhaustive()
    }
}

/// The spellings of `long` that `determine_ptr_size` of libbpf accepts: both words, and `unsigned`
/// in any place, `long` at least once.
fn is_long(name: &str) -> bool {
    let mut words: Vec<_> = name.split(' ').collect();
    words.sort_unstable();
    matches!(
        words[..],
        ["long"] | ["int", "long"] | ["long", "unsigned"] | ["int", "long", "unsigned"]
    )
}
