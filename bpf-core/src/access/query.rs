//! Questions about the kernel's types. Nothing is read: the loader puts each answer into the program as
//! a constant, so the verifier drops the branch that is not taken.

use core::{hint::assert_unchecked, marker::PhantomData};

use crate::{
    contract::{
        Text,
        relocation::{
            ByteOff, ByteSize, EnumvalExists, EnumvalValue, Kind, Subject, TypeExists, TypeIdLocal,
            TypeIdTarget, TypeMatches, TypeSize, info, is,
        },
    },
    path::{
        field_exists,
        place::{Place, PresenceOf},
        presence::{Presence, if_there},
    },
    types::{
        Integer, Named,
        comparison::Comparable,
        enumeration::{CoreEnum, EnumeratorOf},
    },
};

/// A number about a field, if the kernel has the field.
#[inline(always)]
fn of_field<K: Kind, L: Place>() -> <PresenceOf<L> as Presence>::Out<usize> {
    if_there::<L::Path, _>(|| info::<K, L::Path>() as usize)
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

/// Whether the kernel has a type of this name and kind. In C: `bpf_core_type_exists`.
///
/// On a host, `false`.
///
/// ```
/// use bpf_core::{CoreStruct, core_type_exists};
///
/// #[derive(CoreStruct)]
/// struct bpf_ringbuf {}
///
/// let has_ring_buffers = core_type_exists::<bpf_ringbuf>();
/// assert!(!has_ring_buffers);
/// ```
#[inline(always)]
pub fn core_type_exists<T: Named>() -> bool {
    is::<TypeExists, Whole<T>>()
}

/// The size of the kernel's type in bytes. `None` where the kernel does not have the type. In C:
/// `bpf_core_type_size`, which gives 0 then.
///
/// aya 0.14 refuses an object that asks this on a kernel without the type
/// (`MissingTargetDefinition`). libbpf loads it.
///
/// ```
/// use bpf_core::{CoreStruct, core_type_size};
///
/// #[derive(CoreStruct)]
/// struct task_struct {}
///
/// // On a host there is no kernel to ask.
/// assert_eq!(core_type_size::<task_struct>(), None);
/// ```
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

/// The id of the type in the object's own BTF. In C: `bpf_core_type_id_local`.
///
/// ```
/// use bpf_core::{CoreStruct, core_type_id_local};
///
/// #[derive(CoreStruct)]
/// struct task_struct {}
///
/// // A program for a host has no BTF.
/// assert_eq!(core_type_id_local::<task_struct>(), 0);
/// ```
#[inline(always)]
pub fn core_type_id_local<T: Named>() -> u32 {
    id::<TypeIdLocal, T>()
}

/// The id of the type in the kernel's BTF. `None` where the kernel does not have the type. In C:
/// `bpf_core_type_id_kernel`, which gives 0 then.
///
/// aya 0.14 refuses an object that asks this on a kernel without the type
/// (`MissingTargetDefinition`). libbpf loads it.
///
/// ```
/// use bpf_core::{CoreStruct, core_type_id_kernel};
///
/// #[derive(CoreStruct)]
/// struct task_struct {}
///
/// // On a host there is no kernel to ask.
/// assert_eq!(core_type_id_kernel::<task_struct>(), None);
/// ```
#[inline(always)]
pub fn core_type_id_kernel<T: Named>() -> Option<u32> {
    match id::<TypeIdTarget, T>() {
        0 => None,
        id => Some(id),
    }
}

/// A type with all its members.
struct Compared<T>(PhantomData<T>);

impl<T: Comparable> Subject for Compared<T> {
    const TEXT: Text = T::DECLARATION;
}

/// Whether the kernel has the type as it is declared. In C: `bpf_core_type_matches`.
///
/// aya 0.14 refuses every object that asks this (`InvalidRelocationKind`). libbpf 1.0 and newer answer.
/// Nothing else in this crate asks it.
///
/// libbpf compares more than an access needs (`__bpf_core_types_match` in `relo_core.c`):
/// - Each member must be there under its name, in that struct itself. A member of an unnamed struct or
///   union is not found. Order, offsets and further members do not count.
/// - An integer must be the same type of C, and not only of the same size: `i32` is `int`, `u64` is
///   `unsigned long long` as the kernel's `u64` is, `usize` is `unsigned long`. `c_long`, `c_ulong` and
///   `c_char` of [`core::ffi`] are told from `i64`, `u64` and `i8` by their names.
/// - An array must have the same length. BTF has an array of arrays as one array.
/// - A struct or union by value must match with its own members. Behind a pointer, only its kind and
///   name must agree. It needs a derive there too, and `{}` for its fields will do. A type that has a
///   name and a typedef goes by its name: `refcount_t` is a `refcount_struct`.
/// - `*mut c_void` matches `void *` alone. A function pointer matches one with the same parameters and
///   result.
/// - An enum must have the same size, and each enumerator by its name. Values do not count.
///
/// A field or enumerator that is `#[core(optional)]`, and a field that is `#[core(bitfield)]`, is not
/// compared: the declaration says that kernels differ in it. To ask about such a field, declare the
/// type again with a flavour (`#[core(name = "task_struct___v5")]`).
///
/// Compilers do not spell all integers alike. GCC writes `long unsigned int` where clang writes
/// `unsigned long`, and `char` has a sign in some kernels (x86 before Linux 6.2) and none in others.
/// The linker makes a relocation for each spelling that a declaration may have, six at most, and one
/// that matches is enough.
///
/// ```
/// use bpf_core::{CoreStruct, core_type_matches};
///
/// #[derive(CoreStruct)]
/// struct list_head {
///     next: *mut list_head,
///     prev: *mut list_head,
/// }
///
/// // On a host there is no kernel to compare with.
/// assert!(!core_type_matches::<list_head>());
/// ```
#[inline(always)]
pub fn core_type_matches<T: Comparable>() -> bool {
    is::<TypeMatches, Compared<T>>()
}

/// The value of an enumerator in the kernel.
#[inline(always)]
pub fn enum_value<E: CoreEnum, const N: usize, Q: Presence>(
    enumerator: EnumeratorOf<E, N, Q>,
) -> Q::Out<E::Repr> {
    match Q::is_there(|| enum_value_exists(enumerator)) {
        true => Q::present(E::Repr::of(info::<EnumvalValue, EnumeratorOf<E, N, Q>>())),
        false => Q::absent(),
    }
}

/// Whether the kernel has an enumerator.
#[inline(always)]
pub fn enum_value_exists<E: CoreEnum, const N: usize, Q>(
    _enumerator: EnumeratorOf<E, N, Q>,
) -> bool {
    is::<EnumvalExists, EnumeratorOf<E, N, Q>>()
}
