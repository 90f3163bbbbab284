//! `core_container_of!`: from a pointer to a field to the struct around the field.

use crate::{
    contract::relocation::{ByteOff, info},
    path::{
        Path,
        place::{Place, PresenceOf},
        presence::{Presence, if_there},
    },
    pointer::kind::{Movable, ToField},
};

/// The record that `place` is in.
pub(crate) type RootOf<L> = <<L as Place>::Path as Path>::Root;

/// The record around the field that `field` points to, if the kernel's has the field.
#[inline(always)]
pub fn container_of<L, F, B, P>(
    _place: &L,
    field: B,
) -> <PresenceOf<L> as Presence>::Out<P::To<RootOf<L>>>
where
    L: Place<Type = F>,
    B: ToField<F, Pointer = P>,
    P: Movable,
{
    if_there::<L::Path, _>(|| around::<L, P>(field.pointer()))
}

/// The same, of a field that is there.
#[inline(always)]
pub(crate) fn around<L: Place, P: Movable>(field: P) -> P::To<RootOf<L>> {
    let offset = info::<ByteOff, L::Path>() as usize;
    field.before(offset).to()
}
