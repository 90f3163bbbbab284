//! Addresses of elements of an array, whose index is known at run time only.

use crate::{
    access::if_there,
    contract::relocation::{ByteSize, info},
    error::Code,
    path::{
        Element, field_ptr,
        place::{Place, PresenceOf},
        presence::Access,
    },
    pointer::space::{Address, Space},
    types::{CoreType, Flexible},
};

/// A type with elements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no elements",
    label = "not an array",
    note = "behind a pointer to the first of several, take `pointer.wrapping_add(index)` if they are integers \
            or pointers. If they are structs, take `pointer.wrapping_byte_add(index * size)`, where `size` is \
            their `core_type_size`"
)]
pub trait Elements: CoreType {
    /// The declared type of each.
    type Element;

    /// Whether the kernel's type says how many there are.
    const COUNTED: bool;
}

#[diagnostic::do_not_recommend]
impl<E: CoreType, const N: usize> Elements for [E; N] {
    type Element = E;
    const COUNTED: bool = true;
}

#[diagnostic::do_not_recommend]
impl<E: CoreType> Elements for Flexible<E> {
    type Element = E;
    const COUNTED: bool = false;
}

/// The address of element number `index` of the array at `place`.
#[inline(always)]
pub fn element_ptr<S: Space, L: Place, T, E>(
    base: Address<S, T>,
    _: &L,
    index: usize,
) -> Access<PresenceOf<L>, S::Const<E>>
where
    L::Type: Elements<Element = E>,
{
    if_there::<L, _>(|| {
        if cfg!(not(target_arch = "bpf")) {
            return Err(Code::NOT_BPF);
        }
        let size = info::<ByteSize, Element<L::Path, 0>>() as usize;
        // Without a division, which would cost more. No kernel's array is so large that a product of a
        // smaller index overflows.
        let at = index.wrapping_mul(size);
        let whole = || info::<ByteSize, L::Path>() as usize;
        if L::Type::COUNTED && (index > u32::MAX as usize || at >= whole()) {
            return Err(Code::TOO_LONG);
        }
        let first = field_ptr::<Element<L::Path, 0>>(base.raw as *const u8);
        Ok(S::pointer(first.wrapping_add(at)))
    })
}
