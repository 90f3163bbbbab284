//! The few types of a kernel that an object's relocations rest on, as BTF of their own: what
//! `bpftool gen min_core_btf` makes.

use std::collections::{BTreeMap, BTreeSet};

use crate::btf::Btf;
use crate::builder::BtfBuilder;
use crate::raw::Kind;
use crate::types::{Type, TypeId};

/// A part of a target that a resolution rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Use {
    /// The type.
    pub type_id: TypeId,
    /// One of its members or enumerators, by index; `None`: that the type is there.
    pub member: Option<u32>,
}

/// BTF with only the parts of `btf` that are used. Records resolve against it as they do against
/// `btf`, but for `type_id_target`: types get new ids.
///
/// Structs keep their size and the used members at their offsets; pointers lead to void unless
/// the pointee was looked at. Types of the base of a split BTF are taken in.
pub fn minimize(btf: &Btf<'_>, uses: impl IntoIterator<Item = Use>) -> Vec<u8> {
    let mut kept = Kept {
        btf,
        types: BTreeMap::new(),
    };
    // It tells the size of all pointers.
    if let Some(long) = btf.long() {
        kept.keep(long.id());
    }
    for used in uses {
        kept.keep(used.type_id);
        if let Some(member) = used.member {
            kept.keep_member(used.type_id, member);
        }
    }
    let ids: BTreeMap<_, _> = kept
        .types
        .keys()
        .zip(1..)
        .map(|(&old, new)| (old, TypeId(new)))
        .collect();
    let mut builder = BtfBuilder::new(btf.endian());
    // In the old order: it is the order of candidates.
    for (&id, members) in &kept.types {
        if let Some(ty) = btf.type_by_id(id) {
            builder.copy(
                &ty,
                |index| members.contains(&index),
                |to| ids.get(&to).copied().unwrap_or(TypeId::VOID),
            );
        }
    }
    builder.finish()
}

/// Types to keep, each with the members to keep of it.
struct Kept<'b> {
    btf: &'b Btf<'b>,
    types: BTreeMap<TypeId, BTreeSet<u32>>,
}

impl<'b> Kept<'b> {
    /// Keeps a type and those that its own size or kind depends on. Pointees are not among them,
    /// and members are kept one by one.
    fn keep(&mut self, id: TypeId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(ty) = self.btf.type_by_id(id).filter(|_| id != TypeId::VOID) else {
                continue;
            };
            if self.types.contains_key(&id) {
                continue;
            }
            self.types.insert(id, BTreeSet::new());
            if ty.kind() != Kind::Ptr {
                open.extend(ty.referenced());
            }
            open.extend(ty.array().map(|array| array.element));
            open.extend(ty.params().map(|param| param.type_id));
        }
    }

    fn keep_member(&mut self, id: TypeId, index: u32) {
        let Some(ty) = self.btf.type_by_id(id) else {
            return;
        };
        self.types.entry(id).or_default().insert(index);
        let Some(member) = ty.members().get(index as usize) else {
            return;
        };
        self.keep(member.type_id);
        // An array without length must not become the last member by losing the ones after it:
        // only there it is flexible, and any index is in bounds.
        let last = ty.members().len() as u32 - 1;
        if index != last && self.is_empty_array(member.type_id) {
            self.keep_member(id, last);
        }
    }

    fn is_empty_array(&self, id: TypeId) -> bool {
        let array = self
            .btf
            .skip_mods_and_typedefs(id)
            .as_ref()
            .and_then(Type::array);
        array.is_some_and(|array| array.nelems == 0)
    }
}
