//! The few types of a kernel that an object's relocations rest on, as BTF of their own: what
//! `bpftool gen min_core_btf` makes.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use crate::btf::Btf;
use crate::builder::BtfBuilder;
use crate::bytes::Endian;
use crate::raw::Kind;
use crate::type_id::TypeId;
use crate::types::Type;

/// A part of a target that a resolution rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Use {
    /// Index of the target BTF: 0 for the kernel, 1 for the first module added.
    pub target: usize,
    /// The type.
    pub type_id: TypeId,
    /// One of its members or enumerators, by index; `None`: that the type is there.
    pub member: Option<u32>,
}

/// BTF with only the parts that are used, of the kernel (`targets[0]`) and of its modules. Records
/// resolve against it as they do against `targets`, but for `target_type_id`: types get new ids.
///
/// Structs keep their size and the used members at their offsets; pointers lead to void unless
/// the pointee was looked at. The result stands alone: it takes in types of the base of a split BTF.
pub fn minimize<'b>(
    endian: Endian,
    targets: &[&'b Btf<'b>],
    uses: impl IntoIterator<Item = Use>,
) -> Vec<u8> {
    let mut kept = Kept::of(targets);
    // It tells the size of all pointers.
    if let Some(long) = targets.first().and_then(|kernel| kernel.long()) {
        kept.keep(0, long.id());
    }
    for used in uses {
        kept.keep(used.target, used.type_id);
        if let Some(member) = used.member {
            kept.keep_member(used.target, used.type_id, member);
        }
    }
    let ids: BTreeMap<_, _> = kept
        .types
        .keys()
        .zip(1..)
        .map(|(&old, new)| (old, TypeId(new)))
        .collect();
    let mut builder = BtfBuilder::new(endian);
    // In the old order: it is the order of candidates.
    for (&(of, id), members) in &kept.types {
        if let Some(ty) = kept.btfs[of].type_by_id(id) {
            builder.copy(
                &ty,
                |index| members.contains(&index),
                |to| {
                    ids.get(&kept.place(of, to))
                        .copied()
                        .unwrap_or(TypeId::VOID)
                },
            );
        }
    }
    builder.finish()
}

/// Types to keep, each with the members to keep of it.
struct Kept<'b> {
    /// The targets, then those of their bases that are no targets.
    btfs: Vec<&'b Btf<'b>>,
    /// By the BTF that a type is in, and its id.
    types: BTreeMap<(usize, TypeId), BTreeSet<u32>>,
}

impl<'b> Kept<'b> {
    fn of(targets: &[&'b Btf<'b>]) -> Self {
        let mut btfs = targets.to_vec();
        let mut at = 0;
        while let Some(btf) = btfs.get(at) {
            if let Some(base) = btf.base()
                && !btfs.iter().any(|other| ptr::eq(*other, base))
            {
                btfs.push(base);
            }
            at += 1;
        }
        Self {
            btfs,
            types: BTreeMap::new(),
        }
    }

    /// Where the type is that has this id in a BTF: there, or in its base.
    fn place(&self, of: usize, id: TypeId) -> (usize, TypeId) {
        let mut of = of;
        while let Some(base) = self.btfs[of].base()
            && id.0 < base.type_count()
        {
            let base = self.btfs.iter().position(|other| ptr::eq(*other, base));
            // All bases are there.
            of = base.unwrap_or(0);
        }
        (of, id)
    }

    /// Keeps a type and those that its own size or kind depends on. Pointees are not among them,
    /// and members are kept one by one.
    fn keep(&mut self, of: usize, id: TypeId) {
        let mut open = vec![(of, id)];
        while let Some((of, id)) = open.pop() {
            let (of, id) = self.place(of, id);
            let ty = self.btfs[of].type_by_id(id);
            let Some(ty) = ty.filter(|_| id != TypeId::VOID) else {
                continue;
            };
            if self.types.contains_key(&(of, id)) {
                continue;
            }
            self.types.insert((of, id), BTreeSet::new());
            if ty.kind() != Kind::Ptr {
                open.extend(ty.referenced().map(|id| (of, id)));
            }
            open.extend(ty.array().map(|array| (of, array.element)));
            open.extend(ty.params().map(|param| (of, param.type_id)));
        }
    }

    fn keep_member(&mut self, of: usize, id: TypeId, index: u32) {
        let (of, id) = self.place(of, id);
        let Some(ty) = self.btfs[of].type_by_id(id) else {
            return;
        };
        self.types.entry((of, id)).or_default().insert(index);
        let Some(member) = ty.members().get(index as usize) else {
            return;
        };
        self.keep(of, member.type_id);
        // An array without length must not become the last member by losing the ones after it:
        // only there it is flexible, and any index is in bounds.
        let last = ty.members().len() as u32 - 1;
        if index != last && self.is_empty_array(of, member.type_id) {
            self.keep_member(of, id, last);
        }
    }

    fn is_empty_array(&self, of: usize, id: TypeId) -> bool {
        let array = self.btfs[of]
            .skip_mods_and_typedefs(id)
            .as_ref()
            .and_then(Type::array);
        array.is_some_and(|array| array.nelems == 0)
    }
}
