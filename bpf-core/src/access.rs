//! What the macros call: each is one step of an access.

use crate::{
    error::{Code, ReadError},
    path::Path,
    place::{Place, Pointer, PresenceOf},
    presence::{Access, Presence},
    read::Read,
    record::CoreStruct,
    relocation,
    space::{Address, Points, Space},
    string::{self, Characters},
};

/// What a pointer of type `T` points to, when it was found in `S`.
type Pointee<S, T, U> = Address<<T as Points>::In<S>, U>;

/// Where a pointer led, or why it led nowhere.
pub enum Followed<T> {
    /// There.
    To(T),
    /// It could not be read; `None` where the kernel does not have it.
    Stopped(Option<Code>),
}

/// `,`: reads the pointer at `place`.
#[inline(always)]
pub fn follow<S: Space, P: Path, T: Points, U: CoreStruct, B>(
    base: Address<S, B>,
    _place: &Pointer<P, T, U>,
) -> Followed<Pointee<S, T, U>> {
    if !P::Presence::is_there(relocation::field_exists::<P>) {
        return Followed::Stopped(None);
    }
    match S::value::<usize>(relocation::field_ptr::<P>(base.raw())) {
        Ok(address) => Followed::To(Address::new(address as *const U)),
        Err(error) => Followed::Stopped(Some(error)),
    }
}

/// What stands behind a pointer is optional when it is itself, or when the pointer is.
#[inline(always)]
pub fn behind<L: Place, Q: Presence, T>(
    _pointer: &L,
    access: Access<Q, T>,
) -> Access<<PresenceOf<L> as Presence>::And<Q>, T> {
    Access(match access.0 {
        Ok(found) => Ok(PresenceOf::<L>::behind::<Q, T>(found)),
        Err(error) => Err(error),
    })
}

/// The access ends at a pointer that was absent, or could not be read.
#[inline(always)]
pub fn stopped<Q: Presence, T>(why: Option<Code>) -> Access<Q, T> {
    Access(match why {
        Some(error) => Err(error),
        None => Ok(Q::out(None)),
    })
}

/// The value at `place`.
#[inline(always)]
pub fn read<S: Space, L: Place, T, V>(base: Address<S, T>, _place: &L) -> Access<PresenceOf<L>, V>
where
    L::Type: Read<S, Value = V>,
{
    Access(PresenceOf::<L>::read::<S, L::Type, L::Path>(base.raw()))
}

/// The value at `place`, written to `dst`.
#[inline(always)]
pub fn read_into<S: Space, L: Place, T, V>(
    base: Address<S, T>,
    _place: &L,
    dst: &mut V,
) -> Access<PresenceOf<L>, ()>
where
    L::Type: Read<S, Value = V>,
{
    Access(PresenceOf::<L>::get::<L::Path, ()>(|| {
        <L::Type as Read<S>>::read_into::<L::Path>(base.raw(), dst)
    }))
}

/// The string at `place`, copied to `dst`; without the NUL at its end.
#[inline(always)]
pub fn read_str<'a, S: Space, L: Place, T>(
    base: Address<S, T>,
    _place: &L,
    dst: &'a mut [u8],
) -> Access<PresenceOf<L>, &'a [u8]>
where
    L::Type: Characters,
{
    Access(PresenceOf::<L>::get::<L::Path, _>(|| {
        let field = relocation::field_ptr::<L::Path>(base.raw());
        let start = <L::Type as Characters>::start::<S>(field)?;
        string::copy::<<L::Type as Characters>::In<S>>(dst, start)
    }))
}

/// The address of `place`.
#[inline(always)]
pub fn pointer<S: Space, L: Place, T>(
    base: Address<S, T>,
    _place: &L,
) -> Access<PresenceOf<L>, S::Const<L::Type>> {
    Access(PresenceOf::<L>::get::<L::Path, _>(|| {
        Ok(S::pointer(relocation::field_ptr::<L::Path>(base.raw())))
    }))
}

/// What the user gets.
#[inline(always)]
pub fn finish<Q: Presence, T>(access: Access<Q, T>) -> Result<Q::Out<T>, ReadError> {
    match access.0 {
        Ok(found) => Ok(found),
        Err(code) => Err(code.into()),
    }
}
