//! What the macros call: each is one step of an access.

use crate::{
    error::{Code, ReadError},
    path::Path,
    place::{Place, Pointer, PresenceOf},
    presence::{Access, Presence},
    query::is_there,
    read::Read,
    record::CoreStruct,
    relocation,
    space::{Address, Points, Space},
    string::{self, Characters},
};

/// What a pointer of type `T` points to, when it was found in `S`.
type Pointee<S, T, U> = Address<<T as Points>::In<S>, U>;

/// The address of the field, or `None` where the kernel does not have it.
#[inline(always)]
fn address<S, L: Place, T>(base: Address<S, T>, _place: &L) -> Option<*const u8> {
    is_there::<L>().then(|| relocation::field_ptr::<L::Path>(base.raw()))
}

/// `,`: reads the pointer at `place`.
#[inline(always)]
pub fn follow<S: Space, P: Path, T: Points, U: CoreStruct, B>(
    base: Address<S, B>,
    place: &Pointer<P, T, U>,
) -> Result<Option<Pointee<S, T, U>>, Code> {
    match address(base, place) {
        Some(field) => Ok(Some(Address::new(S::value::<usize>(field)? as *const U))),
        None => Ok(None),
    }
}

/// What stands behind a pointer is optional when it is itself, or when the pointer is.
#[inline(always)]
pub fn behind<L: Place, Q: Presence, T>(
    _pointer: &L,
    access: Access<Q, T>,
) -> Access<<PresenceOf<L> as Presence>::And<Q>, T> {
    Access::new(access.result)
}

/// The access ends at a pointer that was absent, or could not be read.
#[inline(always)]
pub fn stopped<Q: Presence, T>(why: Option<Code>) -> Access<Q, T> {
    Access::new(match why {
        Some(error) => Err(error),
        None => Ok(None),
    })
}

/// The value at `place`.
#[inline(always)]
pub fn read<S: Space, L: Place, T, V>(base: Address<S, T>, _place: &L) -> Access<PresenceOf<L>, V>
where
    L::Type: Read<S, Value = V>,
{
    Access::new(match is_there::<L>() {
        true => <L::Type as Read<S>>::read::<L::Path>(base.raw()).map(Some),
        false => Ok(None),
    })
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
    Access::new(match is_there::<L>() {
        true => <L::Type as Read<S>>::read_into::<L::Path>(base.raw(), dst).map(Some),
        false => Ok(None),
    })
}

/// The string at `place`, copied to `dst`; without the NUL at its end.
#[inline(always)]
pub fn read_str<'a, S: Space, L: Place, T>(
    base: Address<S, T>,
    place: &L,
    dst: &'a mut [u8],
) -> Access<PresenceOf<L>, &'a [u8]>
where
    L::Type: Characters,
{
    let Some(field) = address(base, place) else {
        return Access::new(Ok(None));
    };
    let start = <L::Type as Characters>::start::<S>(field);
    Access::new(
        start
            .and_then(|start| string::copy::<<L::Type as Characters>::In<S>>(dst, start).map(Some)),
    )
}

/// The address of `place`.
#[inline(always)]
pub fn pointer<S: Space, L: Place, T>(
    base: Address<S, T>,
    place: &L,
) -> Access<PresenceOf<L>, S::Const<L::Type>> {
    Access::new(Ok(address(base, place).map(S::pointer)))
}

/// What the user gets.
#[inline(always)]
pub fn finish<Q: Presence, T>(access: Access<Q, T>) -> Result<Q::Out<T>, ReadError> {
    match access.result {
        Ok(found) => Ok(Q::out(found)),
        Err(code) => Err(code.into()),
    }
}
