//! Elements of an array, whose index is known at run time only.

use crate::{
    access::{Followed, if_there},
    contract::relocation::{ByteSize, info},
    error::Code,
    path::{
        Element, field_exists, field_ptr,
        place::{Place, PresenceOf},
        presence::{Access, Presence},
    },
    pointer::space::{Address, Space},
    sealed::Sealed,
    types::{CoreType, Flexible},
};

/// The number of an element.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no index",
    label = "not the number of an element",
    note = "an unsigned integer or an `i32` is: cast it, where nothing is lost"
)]
pub trait Index: Sealed {
    /// It as the verifier knows it best. Nothing below 0.
    fn number(self) -> Option<usize>;
}

macro_rules! unsigned {
    ($($int:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Index for $int {
            #[inline(always)]
            fn number(self) -> Option<usize> {
                Some(self as usize)
            }
        }
    )*};
}

unsigned!(u8 u16 u32 u64 usize);

/// What an integer without a suffix is, and what a process passes as a file descriptor.
#[diagnostic::do_not_recommend]
impl Index for i32 {
    #[inline(always)]
    fn number(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

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
    index: impl Index,
) -> Access<PresenceOf<L>, S::Const<E>>
where
    L::Type: Elements<Element = E>,
{
    if_there::<L, _>(|| {
        let at = distance::<L>(index)?;
        let first = field_ptr::<Element<L::Path, 0>>(base.raw as *const u8);
        Ok(S::pointer(first.wrapping_add(at)))
    })
}

/// `[index]`: the address from which the first element of the array at `place` is where element number `index` is
/// from `base`. The verifier knows no type of it.
#[inline(always)]
pub fn shifted<S: Space, L: Place, T>(
    base: Address<S, T>,
    _: &L,
    index: impl Index,
) -> Followed<Address<S::Behind, T>>
where
    L::Type: Elements,
{
    // What reads the element finds that there is no array.
    if !PresenceOf::<L>::is_there(field_exists::<L::Path>) {
        return Followed::To(Address::new(base.raw));
    }
    match distance::<L>(index) {
        Ok(at) => Followed::To(Address::new(base.raw.wrapping_byte_add(at))),
        Err(code) => Followed::Stopped(Some(code)),
    }
}

/// How far element number `index` of the array at `L` is from the first one.
#[inline(always)]
fn distance<L: Place>(index: impl Index) -> Result<usize, Code>
where
    L::Type: Elements,
{
    if cfg!(not(target_arch = "bpf")) {
        return Err(Code::NOT_BPF);
    }
    let Some(index) = index.number() else {
        return Err(Code::TOO_LONG);
    };
    let size = info::<ByteSize, Element<L::Path, 0>>() as usize;
    // Without a division, which would cost more. No kernel's array is so large that a product of a
    // smaller index overflows.
    let at = index.wrapping_mul(size);
    // 0 for an array that is flexible in this kernel: one less is then no bound.
    let last = || (info::<ByteSize, L::Path>() as usize).wrapping_sub(1);
    match L::Type::COUNTED && (index > u32::MAX as usize || at > last()) {
        true => Err(Code::TOO_LONG),
        false => Ok(at),
    }
}
