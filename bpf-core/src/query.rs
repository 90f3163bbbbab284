//! What can be asked of the kernel's types, without reading memory. Each answer is a constant
//! that the loader puts into the program, so that the verifier drops the branch not taken.

use core::{hint::assert_unchecked, marker::PhantomData};

use crate::{
    descriptor::Text,
    place::{Place, PresenceOf},
    presence::Presence,
    relocation::{
        ByteOff, ByteSize, Kind, Subject, TypeExists, TypeIdLocal, TypeIdTarget, TypeSize,
        field_exists, info, is,
    },
    types::Named,
};

/// Whether the field is there to be asked about or read. Of a field that is always there,
/// nothing is asked.
#[inline(always)]
pub(crate) fn is_there<L: Place>() -> bool {
    !PresenceOf::<L>::OPTIONAL || field_exists::<L::Path>()
}

/// A number about a field, if the kernel has the field.
#[inline(always)]
fn of_field<K: Kind, L: Place>() -> <PresenceOf<L> as Presence>::Out<usize> {
    PresenceOf::<L>::out(is_there::<L>().then(|| info::<K, L::Path>() as usize))
}

/// Whether the kernel has `place`.
#[inline(always)]
pub fn exists<L: Place>(_place: &L) -> bool {
    field_exists::<L::Path>()
}

/// The size of `place` in the kernel, in bytes.
#[inline(always)]
pub fn size<L: Place>(_place: &L) -> <PresenceOf<L> as Presence>::Out<usize> {
    of_field::<ByteSize, L>()
}

/// Where `place` is in the kernel's type, in bytes from its start.
#[inline(always)]
pub fn offset<L: Place>(_place: &L) -> <PresenceOf<L> as Presence>::Out<usize> {
    of_field::<ByteOff, L>()
}

/// A type as a whole.
struct Whole<T>(PhantomData<T>);

impl<T: Named> Subject for Whole<T> {
    const TEXT: Text = T::TYPE;
}

/// Whether the kernel has a type of this name and kind: `bpf_core_type_exists` of libbpf.
#[inline(always)]
pub fn core_type_exists<T: Named>() -> bool {
    is::<TypeExists, Whole<T>>()
}

/// The size of the kernel's type in bytes, `None` where the kernel does not have it:
/// `bpf_core_type_size` of libbpf, which gives 0 then.
///
/// aya 0.14 refuses an object with this question on a kernel that lacks the type
/// (`MissingTargetDefinition`); libbpf does not.
#[inline(always)]
pub fn core_type_size<T: Named>() -> Option<usize> {
    match core_type_exists::<T>() {
        true => Some(info::<TypeSize, Whole<T>>() as usize),
        false => None,
    }
}

/// The id of a type in one BTF or the other.
#[inline(always)]
fn id<K: Kind, T: Named>() -> u32 {
    let id = info::<K, Whole<T>>();
    // SAFETY: an id is a `__u32` (`struct btf_header` has room for no more types).
    unsafe { assert_unchecked(id <= u32::MAX.into()) };
    id as u32
}

/// The id of the type in the object's own BTF: `bpf_core_type_id_local` of libbpf.
#[inline(always)]
pub fn core_type_id_local<T: Named>() -> u32 {
    id::<TypeIdLocal, T>()
}

/// The id of the type in the kernel's BTF, `None` where the kernel does not have it:
/// `bpf_core_type_id_kernel` of libbpf, which gives 0 then.
///
/// aya 0.14 refuses an object with this question on a kernel that lacks the type
/// (`MissingTargetDefinition`); libbpf does not.
#[inline(always)]
pub fn core_type_id_kernel<T: Named>() -> Option<u32> {
    match id::<TypeIdTarget, T>() {
        0 => None,
        id => Some(id),
    }
}
